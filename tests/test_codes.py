"""What is a code good for: how often, how long, in which spelling, and what does a wrong one cost?"""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask

from tests import people
from tests.conftest import PASSWORD, settings
from tests.people import (
    PHONE,
    Later,
    MakeUser,
    MakeVisitor,
    comes_in,
    does,
    is_home,
    is_outside,
    kills_code,
    leads_to,
    mistypes,
    retry_after,
    rows,
    unlike,
)
from tests.servers import CHEAP
from tests.transports import InProcess
from tests.visitor import Visitor

later = people.later
FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
# The counters' own suite has limits of this size tested; here they only stand in the way of long stories.
generous = pytest.mark.settings(PORTAL_LIMIT_TEXTS_PER_NUMBER_HOUR="100", PORTAL_LIMIT_TEXTS_PER_NUMBER_DAY="100",
                                PORTAL_LIMIT_TEXTS_PER_USER="100", PORTAL_LIMIT_FIRST_TEXTS_PER_NUMBER="100")


@pytest.fixture
def at_the_code(visitor: Visitor, make_user: MakeUser) -> Visitor:
    make_user(username="li.na", phone=PHONE)
    return visitor.logs_in("li.na", PASSWORD)


def resends(visitor: Visitor) -> Visitor:
    return visitor.posts("/login/code/resend")


def test_a_wrong_code_says_how_many_tries_are_left(at_the_code: Visitor) -> None:
    code = at_the_code.reads_code(PHONE)
    for left in ("4 tries left.", "3 tries left.", "2 tries left.", "1 try left."):
        mistypes(at_the_code, code, 1)
        assert at_the_code.status == 422
        assert at_the_code.sees("That code is not right.", left)
    assert is_home(at_the_code.fills(code=code).submits(), "li.na")


@pytest.mark.parametrize("spelled", [
    lambda code: f"{code[:3]} {code[3:]}", lambda code: f"{code[:3]}-{code[3:]}", lambda code: f"  {code}\u00a0",
    "–".join, lambda code: code.translate(FULL_WIDTH), lambda code: code.translate(ARABIC), lambda code: f"\u200e{code}\u200b",
])
def test_a_code_is_right_in_every_usual_spelling(at_the_code: Visitor, spelled: Callable[[str], str]) -> None:
    code = at_the_code.reads_code(PHONE)
    assert is_home(at_the_code.fills(code=spelled(code)).submits(), "li.na")


@pytest.mark.parametrize("typed", ["", " ", "12345", "1234567", "abcdef", "12345a", "１２３４５", "½½½½½½", "-12345", "0x1234"])
def test_what_cannot_be_a_code_costs_no_try(at_the_code: Visitor, typed: str) -> None:
    code = at_the_code.reads_code(PHONE)
    at_the_code.fills(code=typed).submits()
    assert at_the_code.status == 422
    mistypes(at_the_code, code, 1)
    assert at_the_code.sees("4 tries left.")


def test_an_expired_code_is_refused_and_a_new_one_can_be_sent(at_the_code: Visitor, later: Later) -> None:
    code = at_the_code.reads_code(PHONE)
    later(301)
    at_the_code.fills(code=code).submits()
    assert at_the_code.status == 422
    assert at_the_code.sees("That code has expired. Send a new one.")
    at_the_code.submits("Send verification code")
    new = at_the_code.reads_code(PHONE)
    assert new != code
    assert is_home(at_the_code.fills(code=new).submits(), "li.na")


def test_an_expired_code_stays_dead_when_a_new_one_is_sent(at_the_code: Visitor, later: Later) -> None:
    code = at_the_code.reads_code(PHONE)
    later(301)
    resends(at_the_code).fills(code=code).submits()
    assert at_the_code.sees("That code is not right.")


def test_sending_again_brings_the_same_code_with_its_tries_and_a_later_end(at_the_code: Visitor, later: Later) -> None:
    code = at_the_code.reads_code(PHONE)
    mistypes(at_the_code, code, 2)
    later(250)
    at_the_code.opens("/login/code").submits("Send the code again")
    assert at_the_code.reads_code(PHONE) == code
    mistypes(at_the_code, code, 1)
    assert at_the_code.sees("2 tries left.")
    later(250)
    assert is_home(at_the_code.fills(code=code).submits(), "li.na")


def test_no_code_lives_longer_than_ten_minutes_however_often_it_is_sent(at_the_code: Visitor, later: Later) -> None:
    code = at_the_code.reads_code(PHONE)
    for _ in range(2):
        later(290)
        resends(at_the_code)
    later(21)
    at_the_code.posts("/login/code", code=code)
    assert is_outside(at_the_code)


@pytest.mark.settings(PORTAL_SIGN_IN_LIFETIME="1800")
def test_ten_minutes_end_a_code_even_where_the_sign_in_goes_on(at_the_code: Visitor, later: Later) -> None:
    code = at_the_code.reads_code(PHONE)
    for _ in range(2):
        later(290)
        resends(at_the_code)
    later(21)
    at_the_code.fills(code=code).submits()
    assert at_the_code.sees("That code has expired.")


@pytest.mark.settings(PORTAL_SIGN_IN_LIFETIME="125")
def test_a_code_never_outlives_its_sign_in_and_page_and_text_say_so(at_the_code: Visitor, later: Later) -> None:
    assert "It works for 2 minutes." in at_the_code.reads_text_message(PHONE)
    later(35)
    assert re.search(r"Valid for (8\d|90) seconds\.", at_the_code.opens("/login/code").page.text)


@pytest.mark.settings(PORTAL_CODE_LENGTH="8")
def test_the_length_of_codes_is_a_setting(at_the_code: Visitor) -> None:
    code = at_the_code.reads_code(PHONE)
    assert len(code) == 8
    assert at_the_code.sees("Enter the 8-digit code")
    assert is_home(at_the_code.fills(code=code).submits(), "li.na")


def test_the_fifth_wrong_code_ends_it_and_a_pause_begins(at_the_code: Visitor, later: Later) -> None:
    code = at_the_code.reads_code(PHONE)
    mistypes(at_the_code, code, 5)
    assert at_the_code.status == 429
    assert 55 <= retry_after(at_the_code) <= 60
    assert at_the_code.sees("Too many wrong codes.")
    at_the_code.posts("/login/code", code=code)
    assert at_the_code.status == 429
    resends(at_the_code)
    assert at_the_code.status == 429
    assert 1 <= retry_after(at_the_code) <= 60
    later(61)
    at_the_code.posts("/login/code", code=code)
    assert at_the_code.sees("That code has expired.")
    resends(at_the_code)
    new = at_the_code.reads_code(PHONE)
    assert new != code
    assert is_home(at_the_code.fills(code=new).submits(), "li.na")


@generous
def test_two_dead_codes_end_the_sign_in(at_the_code: Visitor, later: Later) -> None:
    kills_code(at_the_code, PHONE)
    later(61)
    resends(at_the_code)
    kills_code(at_the_code, PHONE)
    assert leads_to(at_the_code, "/login")
    assert at_the_code.sees("Too many wrong codes. For your safety that login has ended.")
    assert is_outside(at_the_code)


@generous
def test_each_dead_code_doubles_the_pause_whatever_the_sign_in(
    at_the_code: Visitor, another_visitor: MakeVisitor, later: Later,
) -> None:
    pauses = []
    for _ in range(5):
        visitor = another_visitor().logs_in("li.na", PASSWORD)
        kills_code(visitor, PHONE)
        pauses.append(round(retry_after(visitor), -1))
        visitor = another_visitor().logs_in("li.na", PASSWORD)
        assert visitor.sees("Too many wrong codes. You can send a new one in")
        later(retry_after(visitor) or pauses[-1] + 1)
    assert pauses == [60, 120, 240, 480, 960]


def dies_often(app: Flask, another_visitor: MakeVisitor, later: Later, codes: int) -> None:
    for _ in range(codes):
        visitor = another_visitor().logs_in("li.na", PASSWORD)
        kills_code(visitor, PHONE)
        later(3_601)


@generous
def test_thirty_wrong_codes_lock_the_step_until_an_administrator_lifts_it(
    app: Flask, at_the_code: Visitor, another_visitor: MakeVisitor, later: Later, both_databases: str,
) -> None:
    dies_often(app, another_visitor, later, 6)
    visitor = another_visitor().logs_in("li.na", PASSWORD)
    assert visitor.sees("Text message login is locked for this account. Ask your administrator to unlock it.")
    later(3 * 86_400)
    assert another_visitor().logs_in("li.na", PASSWORD).sees("Text message login is locked for this account.")
    assert people.told(app, "user", "show", "li.na")["locked"] is True
    does(app, "user", "unlock", "li.na")
    assert is_home(comes_in(another_visitor(), "li.na", PHONE), "li.na")


@generous
def test_a_new_password_lifts_the_lock_and_a_right_one_does_not(
    app: Flask, at_the_code: Visitor, another_visitor: MakeVisitor, later: Later,
) -> None:
    dies_often(app, another_visitor, later, 6)
    assert another_visitor().logs_in("li.na", PASSWORD).sees("locked for this account")
    does(app, "user", "set-password", "li.na", "--password-stdin", given=f"{PASSWORD}\n")
    assert is_home(comes_in(another_visitor(), "li.na", PHONE), "li.na")


def test_the_thirtieth_wrong_code_locks_a_sign_in_that_holds_a_live_code(app: Flask, at_the_code: Visitor) -> None:
    code = at_the_code.reads_code(PHONE)
    set_wrong_codes(app, 29)
    mistypes(at_the_code, code, 1)
    assert at_the_code.sees("Text message login is locked for this account.")
    at_the_code.posts("/login/code", code=code)
    assert at_the_code.status == 422
    assert is_outside(at_the_code)


def set_wrong_codes(app: Flask, count: int) -> None:
    """As if so many had been typed before: a minute of requests that other tests make."""
    from sqlalchemy import update

    from portal import clock
    from portal.database import writing
    from portal.models import User

    with app.app_context(), writing() as connection:
        connection.execute(update(User).values(wrong_codes=count, wrong_code_at=clock.now()))


def test_a_right_code_clears_the_count(app: Flask, at_the_code: Visitor) -> None:
    set_wrong_codes(app, 20)
    mistypes(at_the_code, code := at_the_code.reads_code(PHONE), 3)
    assert rows(app, 'SELECT wrong_codes FROM "user"')[0].wrong_codes == 23
    at_the_code.fills(code=code).submits()
    assert rows(app, 'SELECT wrong_codes FROM "user"')[0].wrong_codes == 0


def test_a_day_halves_the_count_of_wrong_codes(
    app: Flask, at_the_code: Visitor, another_visitor: MakeVisitor, later: Later,
) -> None:
    set_wrong_codes(app, 20)
    later(2 * 86_400 + 1)
    visitor = another_visitor().logs_in("li.na", PASSWORD)
    mistypes(visitor, visitor.reads_code(PHONE), 1)
    assert rows(app, 'SELECT wrong_codes FROM "user"')[0].wrong_codes == 6


def test_a_code_is_good_once(at_the_code: Visitor, another_visitor: MakeVisitor) -> None:
    code = at_the_code.reads_code(PHONE)
    copy = another_visitor()
    copy.cookies, copy.page, copy.path = dict(at_the_code.cookies), at_the_code.page, at_the_code.path
    assert is_home(at_the_code.fills(code=code).submits(), "li.na")
    copy.fills(code=code).submits()
    assert leads_to(copy, "/login")
    assert is_outside(copy)


def test_a_code_of_one_sign_in_is_nothing_in_another(at_the_code: Visitor, another_visitor: MakeVisitor) -> None:
    code = at_the_code.reads_code(PHONE)
    other = another_visitor().logs_in("li.na", PASSWORD)
    assert other.reads_code(PHONE) != code
    other.fills(code=code).submits()
    assert other.sees("That code is not right.")
    assert is_home(at_the_code.fills(code=code).submits(), "li.na")


def test_somebody_else_s_code_is_nothing(at_the_code: Visitor, another_visitor: MakeVisitor, make_user: MakeUser) -> None:
    make_user(username="omar", phone=people.OTHER_PHONE)
    omar = another_visitor().logs_in("omar", PASSWORD)
    at_the_code.fills(code=omar.reads_code(people.OTHER_PHONE)).submits()
    assert at_the_code.sees("That code is not right.")


def every_value(app: Flask) -> list[str]:
    """All that all tables hold, bytes as hexadecimal digits too."""
    from portal.database import reading
    from portal.extensions import metadata

    with app.app_context(), reading() as connection:
        values = [value for table in metadata.sorted_tables for row in connection.execute(table.select()) for value in row]
    return [form for value in values for form in ([value.hex(), str(value)] if isinstance(value, bytes) else [str(value)])]


def test_nothing_of_a_code_lies_in_the_database(app: Flask, at_the_code: Visitor, both_databases: str) -> None:
    import hashlib

    code = at_the_code.reads_code(PHONE)
    mistypes(at_the_code, code, 2)
    resends(at_the_code)
    kept = every_value(app)
    assert len(kept) > 50
    numbers = [value for value in kept if value.replace(".", "").isdigit()]
    assert not [value for value in kept if value not in numbers and code in value]
    assert code not in numbers
    digests = {hashlib.new(name, code.encode()).hexdigest() for name in ("md5", "sha1", "sha256", "sha512")}
    assert not digests & set(kept)


def portal_with(database_url: str, secret: str, old: str = "") -> Visitor:
    from portal import create_app

    return Visitor(InProcess(create_app(settings(DATABASE_URL=database_url, PORTAL_SECRET=secret, PORTAL_SECRET_OLD=old))))


def test_the_old_secret_still_checks_and_never_issues(at_the_code: Visitor, sqlite: str, later: Later) -> None:
    code, new_secret = at_the_code.reads_code(PHONE), "a-new-secret-9876543210-zyxwvutsrqponmlkjihgfedcba"
    renewed = portal_with(sqlite, new_secret, CHEAP["PORTAL_SECRET"])
    renewed.cookies = dict(at_the_code.cookies)
    later(31)
    renewed.opens("/login/code").submits("Send the code again")
    assert renewed.reads_code(PHONE) != code
    renewed.fills(code=code).submits()
    assert renewed.sees("That code is not right.")


def test_a_code_of_the_old_secret_signs_in(at_the_code: Visitor, sqlite: str) -> None:
    code = at_the_code.reads_code(PHONE)
    renewed = portal_with(sqlite, "a-new-secret-9876543210-zyxwvutsrqponmlkjihgfedcba", CHEAP["PORTAL_SECRET"])
    renewed.cookies = dict(at_the_code.cookies)
    assert is_home(renewed.opens("/login/code").fills(code=code).submits(), "li.na")


def test_a_code_of_a_secret_that_is_gone_is_nothing(at_the_code: Visitor, app: Flask, sqlite: str) -> None:
    from portal.extensions import key_ring
    from portal.signin import comparing

    row = rows(app, "SELECT s.id, s.phone, s.binding, s.code_nonce, s.code_key FROM sign_in s")[0]
    code = at_the_code.reads_code(PHONE)
    with portal_with(sqlite, "a-new-secret-9876543210-zyxwvutsrqponmlkjihgfedcba").transport.app.app_context():  # type: ignore[attr-defined]
        assert key_ring().old is None
        assert not comparing.right(row, code)
    with app.app_context():
        assert comparing.right(row, code)
        assert not comparing.right(row, unlike(code))
