"""Do things that happen at the same moment count in full and succeed once, on two processes and either database?"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable

import pytest

from portal.signin import oversight
from portal.trace import COMMAND, COMMAND_ACTOR
from tests.conftest import PASSWORD
from tests.people import leads_to, unlike
from tests.servers import Portal
from tests.town import Town, at_once, crowd, post, twin
from tests.transports import Answer

pytest_plugins = ["tests.towns"]
CROWD = 20


def went(answers: list[Answer]) -> Counter[tuple[int, str]]:
    """How many answers had each status and led to each page."""
    return Counter((answer.status, answer.header("location").partition("?")[0]) for answer in answers)


def test_of_many_right_codes_exactly_one_signs_in(town: Town) -> None:
    username, phone = town.person()
    visitor = town.at_code_page(username)
    code = visitor.reads_code(phone)

    browsers = [twin(visitor) for _ in range(CROWD)]
    answers = at_once(lambda each: post(each, "/login/code", code=code), browsers)

    assert went(answers) == {(303, "/"): 1, (303, "/login"): CROWD - 1}
    assert town.events(username, "code accepted") == ["ok"]
    assert sum(each.opens("/").path == "/" for each in browsers) == 1


def test_of_many_wrong_codes_five_are_looked_at_and_the_code_is_dead(town: Town) -> None:
    username, phone = town.person()
    visitor = town.at_code_page(username)
    code = visitor.reads_code(phone)

    answers = crowd(visitor, "/login/code", [{"code": unlike(code)}] * CROWD)

    assert Counter(answer.status for answer in answers) == {422: 4, 429: CROWD - 4}
    assert town.events(username, "code refused") == ["wrong"] * 5
    assert town.value('SELECT wrong_codes FROM "user" WHERE username = :username', username=username) == 5
    assert post(visitor, "/login/code", code=code).status == 429


def test_a_right_code_among_many_wrong_ones_never_counts_as_more_than_one_try(town: Town) -> None:
    username, phone = town.person()
    visitor = town.at_code_page(username)
    code = visitor.reads_code(phone)

    answers = crowd(visitor, "/login/code", [{"code": code if at == CROWD // 2 else unlike(code)} for at in range(CROWD)])

    looked_at = town.events(username, "code refused") + town.events(username, "code accepted")
    assert len(looked_at) <= 5
    assert went(answers)[(303, "/")] == len(town.events(username, "code accepted")) <= 1


def test_many_resends_at_once_send_one_text(town: Town) -> None:
    username, phone = town.person()
    visitor = town.at_code_page(username)
    code = visitor.reads_code(phone)
    town.writes("UPDATE allowance SET started_at = started_at - 60 WHERE key = :key", key=f"pause:{phone}")

    answers = crowd(visitor, "/login/code/resend", [{}] * CROWD)

    assert went(answers) == {(303, "/login/code"): 1, (429, ""): CROWD - 1}
    assert all(1 <= int(answer.header("retry-after")) <= 30 for answer in answers if answer.status == 429)
    assert town.texts(phone) == 2
    assert visitor.reads_code(phone) == code


def test_of_calls_and_texts_asked_for_at_once_one_is_made(town: Town) -> None:
    username, phone = town.person()
    visitor = town.at_code_page(username)
    town.writes("UPDATE allowance SET started_at = started_at - 60 WHERE key = :key", key=f"pause:{phone}")

    answers = at_once(lambda path: post(twin(visitor), path), ["/login/code/resend", "/login/code/call"] * (CROWD // 2))

    assert went(answers) == {(303, "/login/code"): 1, (429, ""): CROWD - 1}
    assert town.texts(phone) == 2


def test_of_many_passwords_for_one_name_five_are_looked_at(town: Town) -> None:
    username, _phone = town.person()
    visitor = town.visitor().opens("/login")

    guesses = [{"identifier": username, "password": f"{PASSWORD} {at}"} for at in range(CROWD)]
    answers = crowd(visitor, "/login", guesses)

    assert Counter(answer.status for answer in answers) == {422: 4, 429: CROWD - 4} or went(answers)[(422, "")] == 5
    assert town.events(username, "first factor refused").count("refused") == 5
    assert all(answer.header("retry-after") for answer in answers if answer.status == 429)
    late = post(visitor, "/login", identifier=username, password=PASSWORD)
    assert late.status == 429


def test_many_logins_at_once_send_no_more_texts_than_the_number_may_have(town: Town) -> None:
    username, phone = town.person()
    visitor = town.visitor().opens("/login")

    answers = crowd(visitor, "/login", [{"identifier": username, "password": PASSWORD}] * 5)

    assert went(answers) == {(303, "/login/code"): 5}
    assert 1 <= town.texts(phone) <= 3


@pytest.mark.parametrize("attempt", [1, 2, 3])
def test_one_number_that_two_people_bind_at_once_becomes_one_persons(town: Town, attempt: int) -> None:
    names, phone = [town.person(phone=False)[0] for _ in range(2)], town.person(phone=False)[1]
    visitors = [town.visitor().logs_in(name, PASSWORD).fills(country="DE", phone=phone).submits() for name in names]
    assert all(leads_to(visitor, "/login/code") for visitor in visitors)
    codes = [_code_for(town, name, phone) for name in names]

    at_once(lambda pair: pair[0].fills(code=pair[1]).submits(), list(zip(visitors, codes, strict=True)))

    winner, loser = sorted(visitors, key=lambda visitor: visitor.path)
    assert (winner.path, winner.status, loser.path, loser.status) == ("/", 200, "/login/phone", 200)
    assert loser.sees("That number belongs to another account already.")
    assert town.value('SELECT count(*) FROM "user" WHERE phone = :phone', phone=phone) == 1


def _code_for(town: Town, username: str, phone: str) -> str:
    """The code of that person's own sign-in: both have been sent one to the same number."""
    from portal.extensions import key_ring
    from portal.keys import derive_code

    row = town.rows("SELECT id, code_nonce FROM sign_in WHERE user_id = :user ORDER BY id DESC", user=town.user_id(username))[0]
    with town.app.app_context():
        key = key_ring().current
    return derive_code(key, purpose="bind", sign_in=row.id, phone=phone, nonce=bytes(row.code_nonce), length=6)


def test_a_bypass_lets_one_of_many_logins_in_and_no_second(town: Town) -> None:
    username, _phone = town.person()
    assert town.portal.cli("user", "bypass", username, "--minutes", "5").returncode == 0
    visitor = town.visitor().opens("/login")

    answers = crowd(visitor, "/login", [{"identifier": username, "password": PASSWORD}] * 5)

    assert went(answers) == {(303, "/"): 1, (303, "/login/code"): 4}


@pytest.mark.parametrize("database", ["sqlite", "postgres"])
def test_a_one_time_link_makes_one_administrator(
    portals: Callable[..., Portal], database: str, request: pytest.FixtureRequest,
) -> None:
    own = {"DATABASE_URL": request.getfixturevalue("postgres")} if database == "postgres" else {}
    town = Town(portals(**own))
    path = re.findall(r"/first-administrator/\S+", town.portal.cli("welcome").stdout)[0]
    visitor = town.visitor().opens(path)
    assert visitor.status == 200

    forms = [{"username": f"root{at}", "password": "tulip-harbour-velvet-31", "country": "DE", "phone": f"+4915112345{at:03}"}
             for at in range(8)]
    answers = crowd(visitor, path, forms)

    assert went(answers) == {(303, "/login"): 1, (404, ""): 7}
    assert town.value('SELECT count(*) FROM "user"') == 1
    assert visitor.opens(path).status == 404
    town.closes()


def test_of_many_new_passwords_at_once_one_is_taken(town: Town) -> None:
    username, phone = town.person(must_change=True)
    visitor = town.at_code_page(username).enters_code(phone)
    assert leads_to(visitor, "/login/password")

    answers = crowd(visitor, "/login/password", [{"password": f"tulip harbour velvet {at}"} for at in range(8)])

    assert went(answers) == {(303, "/"): 1, (303, "/login"): 7}
    assert town.events(username, "password changed") == ["ok"]


@pytest.mark.parametrize("attempt", [1, 2, 3, 4, 5])
def test_whoever_is_looked_after_while_their_codes_come_in_is_never_told_not_now(town: Town, attempt: int) -> None:
    username, phone = town.person()
    visitor = town.at_code_page(username)
    code = unlike(visitor.reads_code(phone))
    user_id = town.user_id(username)

    def act(given: str) -> int:
        if given == "tries":
            return post(twin(visitor), "/login/code", code=code).status
        with town.app.app_context():
            oversight.set_password(user_id, "a hash that nobody reads", COMMAND, actor=COMMAND_ACTOR)
        return 0

    answers = at_once(act, ["tries", "sets", "tries", "sets", "tries", "tries"])

    assert set(answers) <= {0, 303, 422}
    assert town.value("SELECT count(*) FROM sign_in WHERE user_id = :user AND state <> 'ended'", user=user_id) == 0
