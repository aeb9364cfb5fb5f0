"""Do two administrators who act at the same moment lose nothing, on two processes and either database?"""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from time import sleep

import pytest
from sqlalchemy import text

from portal.database import writing
from tests.people import comes_in
from tests.town import Town, at_once, post
from tests.visitor import Visitor

pytest_plugins = ["tests.towns"]


def administrator(town: Town) -> tuple[Visitor, int]:
    """A signed-in administrator, and their id."""
    username, phone = town.person(administrator=True)
    return comes_in(town.visitor(), username, phone), town.user_id(username)


def test_of_two_who_save_one_user_at_once_one_is_told(town: Town) -> None:
    bosses = [administrator(town)[0] for _ in range(4)]
    username, _phone = town.person()
    page = f"/admin/users/{town.user_id(username)}"
    for boss in bosses:
        boss.opens(page)
    sent = list(zip(bosses, ["One", "Two", "Three", "Four"], strict=True))
    answers = at_once(lambda each: post(each[0], page, version="1", username=username, name=each[1]), sent)
    assert Counter(answer.status for answer in answers) == {303: 1, 409: 3}
    saved = next(name for (_boss, name), answer in zip(sent, answers, strict=True) if answer.status == 303)
    assert town.value('SELECT name FROM "user" WHERE username = :username', username=username) == saved
    assert town.events(username, "user changed") == ["ok"]


def test_of_two_who_bind_one_number_at_once_one_has_it(town: Town) -> None:
    first, second = administrator(town)[0], administrator(town)[0]
    people = [town.person(phone=False) for _ in range(2)]
    wanted = people[0][1]
    pages = [f"/admin/users/{town.user_id(username)}" for username, _number in people]
    sent = [(boss.opens(page), page) for boss, page in zip([first, second], pages, strict=True)]
    answers = at_once(lambda each: post(each[0], f"{each[1]}/phone", version="1", country="DE", phone=wanted), sent)
    assert sorted(answer.status for answer in answers) == [303, 422]
    assert town.value('SELECT count(*) FROM "user" WHERE phone = :phone', phone=wanted) == 1


def test_of_number_and_name_taken_away_at_once_one_is_left(town: Town) -> None:
    (first, _), (second, _) = administrator(town), administrator(town)
    for _round in range(5):
        username, _phone = town.person()
        user_id = town.user_id(username)
        page = f"/admin/users/{user_id}"
        sent = [(first.opens(page), f"{page}/reset", {}), (second.opens(page), page, {"version": "1", "name": "Nobody"})]
        answers = at_once(lambda each: post(each[0], each[1], **each[2]), sent)
        assert {answer.status for answer in answers} <= {303, 409, 422}
        left = 'SELECT count(*) FROM "user" WHERE id = :id AND (username IS NOT NULL OR phone IS NOT NULL)'
        assert town.value(left, id=user_id) == 1


def test_of_two_administrators_who_suspend_each_other_one_can_still_log_in(town: Town) -> None:
    town.writes("""UPDATE "user" SET suspended = true WHERE role = 'administrator'""")
    (first, first_id), (second, second_id) = administrator(town), administrator(town)
    sent = [(first.opens(f"/admin/users/{second_id}/security"), second_id),
            (second.opens(f"/admin/users/{first_id}/security"), first_id)]
    answers = at_once(lambda each: post(each[0], f"/admin/users/{each[1]}/suspend"), sent)
    assert {answer.status for answer in answers} <= {303, 409}
    left = """SELECT count(*) FROM "user" WHERE role = 'administrator' AND suspended IS FALSE"""
    assert town.value(left) == 1


def helper_before(town: Town, user_id: int) -> Visitor:
    """Somebody of the helpdesk who has the page of that user open."""
    username, phone = town.person(role="helpdesk")
    return comes_in(town.visitor(), username, phone).opens(f"/admin/users/{user_id}/security")


def links(town: Town, user_id: int) -> int:
    return int(town.value("SELECT count(*) FROM link WHERE user_id = :id", id=user_id))


def test_who_is_given_a_role_while_the_helpdesk_asks_for_a_link_gets_none(town: Town) -> None:
    user_id = town.user_id(town.person()[0])
    helper = helper_before(town, user_id)
    with ThreadPoolExecutor(1) as pool, town.app.app_context():
        with writing() as connection:
            connection.execute(text("""UPDATE "user" SET role = 'administrator' WHERE id = :id"""), {"id": user_id})
            answer = pool.submit(post, helper, f"/admin/users/{user_id}/link")
            # By now the portal has read that the user has no role, and waits to write.
            sleep(0.5)
            assert not answer.done()
        assert answer.result(30).status == 403
    assert links(town, user_id) == 0


@pytest.mark.parametrize(("act", "event"), [("unlock", "user unlocked"), ("reset", "mfa reset")])
def test_who_is_given_a_role_while_the_helpdesk_acts_on_them_is_left_alone(town: Town, act: str, event: str) -> None:
    username, phone = town.person()
    user_id = town.user_id(username)
    helper = helper_before(town, user_id)
    with ThreadPoolExecutor(1) as pool, town.app.app_context():
        with writing() as connection:
            connection.execute(text("""UPDATE "user" SET role = 'administrator' WHERE id = :id"""), {"id": user_id})
            answer = pool.submit(post, helper, f"/admin/users/{user_id}/{act}")
            sleep(0.5)
            assert not answer.done()
        assert answer.result(30).status == 403
    assert town.value('SELECT phone FROM "user" WHERE id = :id', id=user_id) == phone
    assert town.events(username, event) == []


def test_a_role_ends_the_link_that_was_given_before_it(town: Town) -> None:
    boss = administrator(town)[0]
    for _round in range(3):
        user_id = town.user_id(town.person()[0])
        security = f"/admin/users/{user_id}/security"
        sent = [(helper_before(town, user_id), f"/admin/users/{user_id}/link", {}),
                (boss.opens(security), f"/admin/users/{user_id}/role", {"role": "administrator"})]
        answers = at_once(lambda each: post(each[0], each[1], **each[2]), sent)
        assert [answers[0].status in (200, 403), answers[1].status] == [True, 303]
        assert town.value('SELECT role FROM "user" WHERE id = :id', id=user_id) == "administrator"
        assert links(town, user_id) == 0


def test_a_login_that_many_end_at_once_ends_once(town: Town) -> None:
    bosses = [administrator(town)[0] for _ in range(5)]
    username, phone = town.person()
    comes_in(town.visitor(), username, phone)
    user_id = town.user_id(username)
    sign_in = town.value("SELECT max(id) FROM sign_in WHERE user_id = :id", id=user_id)
    for boss in bosses:
        boss.opens(f"/admin/users/{user_id}/logins")
    at_once(lambda boss: post(boss, f"/admin/users/{user_id}/logins/{sign_in}/end"), bosses)
    assert town.events(username, "sign-in ended") == ["ended by somebody in charge"]
