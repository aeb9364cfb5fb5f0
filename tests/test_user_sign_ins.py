"""What do the logins and the audit trail of a user show, and how are logins ended?"""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import insert

from tests.conftest import PASSWORD
from tests.people import (
    OTHER_PHONE,
    PHONE,
    Later,
    MakeUser,
    MakeVisitor,
    add_application,
    comes_in,
    does,
    events,
    is_home,
    is_outside,
    later,
    rows,
)
from tests.visitor import Visitor

__all__ = ["later"]
AGENT = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0"


@pytest.fixture
def boss(make_user: MakeUser, another_visitor: MakeVisitor) -> Visitor:
    make_user(username="boss", phone=OTHER_PHONE, administrator=True)
    return comes_in(another_visitor(address="192.0.2.9"), "boss", OTHER_PHONE)


@pytest.fixture
def lina(make_user: MakeUser) -> int:
    return make_user(username="li.na", phone=PHONE)


def cells(visitor: Visitor, row: int = 0) -> list[str]:
    """The words of one row of the list."""
    found = [node for node in visitor.page.root.all("tr") if node.inside("tbody")]
    return [cell.words() for cell in found[row].all("th", "td")]


def test_a_login_says_device_address_methods_and_why_a_code_was_asked_for(
    boss: Visitor, lina: int, another_visitor: MakeVisitor,
) -> None:
    comes_in(another_visitor(address="192.0.2.7", agent=AGENT), "li.na", PHONE)
    boss.opens(f"/admin/users/{lina}").clicks("Logins")
    assert boss.page.heading == "li.na"
    _when, origin, through, methods, why, state, _action = cells(boss)
    assert origin == "Firefox on Windows 192.0.2.7"
    assert through == "Portal"
    assert "Password at " in methods
    assert "Text message code at " in methods
    assert why == "Asked: the rules ask for a code"
    assert state == "Logged in"


def test_a_login_under_way_an_expired_one_and_one_that_was_cancelled_are_told_apart(
    boss: Visitor, lina: int, another_visitor: MakeVisitor, later: Later,
) -> None:
    another_visitor().logs_in("li.na", PASSWORD)
    later(1300)
    another_visitor().logs_in("li.na", PASSWORD).submits("Cancel and log in as somebody else")
    another_visitor().logs_in("li.na", PASSWORD)
    boss.opens(f"/admin/users/{lina}/logins")
    assert [cells(boss, row)[5].partition(" Cancelled,")[0] for row in range(3)] == ["Under way", "Ended", "Expired"]
    assert len([form for form in boss.page.forms if form.action.endswith("/end")]) == 2


def test_a_login_without_a_code_says_which_switch_was_off(app: Flask, boss: Visitor, lina: int, visitor: Visitor) -> None:
    does(app, "mfa", "--global", "off")
    visitor.logs_in("li.na", PASSWORD)
    assert "Not asked: SMS verification code is off" in cells(boss.opens(f"/admin/users/{lina}/logins"))


def test_a_login_through_an_application_names_it(app: Flask, boss: Visitor, lina: int, visitor: Visitor) -> None:
    client_id = add_application(app, "Wiki")
    visitor.opens(f"/login?application={client_id}").fills(identifier="li.na", password=PASSWORD).submits()
    assert "Wiki" in cells(boss.opens(f"/admin/users/{lina}/logins"))


def test_one_login_is_ended_and_the_others_stay(
    app: Flask, both_databases: str, boss: Visitor, lina: int, another_visitor: MakeVisitor,
) -> None:
    first, second = another_visitor(), another_visitor(address="192.0.2.7")
    comes_in(first, "li.na", PHONE)
    does(app, "mfa", "--global", "off")
    second.logs_in("li.na", PASSWORD)
    does(app, "mfa", "--global", "on")
    newest = rows(app, "SELECT max(id) AS id FROM sign_in")[0].id
    boss.opens(f"/admin/users/{lina}/logins").posts(f"/admin/users/{lina}/logins/{newest}/end")
    assert boss.sees("1 login has ended.", "Ended by somebody in charge")
    assert is_outside(second)
    assert is_home(first.opens("/"), "li.na")
    assert ("sign-in ended", "ended by somebody in charge") in events(app, user_id=lina, sign_in_id=newest)


def test_a_login_that_is_pressed_twice_ends_once(app: Flask, boss: Visitor, lina: int, visitor: Visitor) -> None:
    comes_in(visitor, "li.na", PHONE)
    boss.opens(f"/admin/users/{lina}/logins").submits("End " + cells(boss)[0])
    newest = rows(app, "SELECT max(id) AS id FROM sign_in")[0].id
    assert boss.posts(f"/admin/users/{lina}/logins/{newest}/end").sees("it had ended already")
    assert len([event for event in events(app, user_id=lina) if event[0] == "sign-in ended"]) == 1


@pytest.mark.parametrize("sign_in", ["1", "9" * 25])
def test_a_login_of_somebody_else_is_not_ended_by_this_address(
    both_databases: str, boss: Visitor, lina: int, sign_in: str,
) -> None:
    boss.opens(f"/admin/users/{lina}/logins").posts(f"/admin/users/{lina}/logins/{sign_in}/end")
    assert boss.sees("There was nothing to end")
    assert is_home(boss.opens("/"), "boss")


def test_all_logins_are_ended_with_one_entry(app: Flask, boss: Visitor, lina: int, another_visitor: MakeVisitor) -> None:
    first, second = comes_in(another_visitor(), "li.na", PHONE), another_visitor().logs_in("li.na", PASSWORD)
    boss.opens(f"/admin/users/{lina}/logins").submits("End all logins")
    assert boss.sees("2 logins have ended.")
    assert is_outside(first)
    assert is_outside(second)
    assert events(app, user_id=lina)[-1] == ("sign-in ended", "ended by somebody in charge")
    assert boss.does_not_see("End all logins")


def test_an_administrator_keeps_the_login_they_are_in(app: Flask, boss: Visitor, another_visitor: MakeVisitor) -> None:
    mine = rows(app, "SELECT id FROM \"user\" WHERE username = 'boss'")[0].id
    other = another_visitor().logs_in("boss", PASSWORD)
    assert boss.opens(f"/admin/users/{mine}/logins").sees("This login")
    boss.submits("End all logins")
    assert boss.sees("1 login has ended.")
    assert is_outside(other)


def test_many_logins_stand_on_pages(app: Flask, boss: Visitor, lina: int) -> None:
    from portal import clock
    from portal.database import writing
    from portal.models import SignIn, State

    row = {"user_id": lina, "state": State.COMPLETE, "source": "password", "methods": {"pwd": 1.0}, "reason": "rules",
           "created_at": 0.0, "expires_at": 1.0, "must_end_at": 1.0, "seen_at": 0.0, "completed_at": 0.0, "address": "::1",
           "agent": "x" * 256, "locale": "en"}
    with app.app_context(), writing() as connection:
        made = [row | {"token_hash": bytes([place]) * 32, "created_at": clock.now() - place} for place in range(120)]
        connection.execute(insert(SignIn), made)
    boss.opens(f"/admin/users/{lina}/logins").sees("1–50 of 120")
    boss.clicks("Next").clicks("Next").sees("20 rows of 120")
    assert boss.clicks("First").sees("1–50 of 120")


def test_the_trail_says_what_happened_who_did_it_and_why(app: Flask, boss: Visitor, lina: int, visitor: Visitor) -> None:
    visitor.logs_in("li.na", "wrong password, surely")
    boss.opens(f"/admin/users/{lina}").fills(Name="Li Na").submits("Save").clicks("Audit trail")
    assert cells(boss)[1:4] == ["User changed – → Li Na", "Done", "boss"]
    assert cells(boss, 1)[1:4] == [
        "First step refused Password", "Account and password don’t match", "Somebody at the login page"]
    assert cells(boss, 2)[1:4] == ["User created", "Done", "test"]


def test_the_trail_names_the_source_of_a_first_step(boss: Visitor, lina: int, visitor: Visitor) -> None:
    comes_in(visitor, "li.na", PHONE)

    assert boss.opens(f"/admin/users/{lina}/trail").sees("First step passed Password")


def test_the_trail_shows_no_secret_and_no_whole_number(boss: Visitor, lina: int, visitor: Visitor) -> None:
    code = visitor.logs_in("li.na", PASSWORD).reads_code(PHONE)
    visitor.fills(code=code).submits()
    boss.opens(f"/admin/users/{lina}/trail")
    assert boss.sees("Code asked for", "+49 ••• •••• ••78", "Logged in")
    assert boss.does_not_see(code, PHONE, PASSWORD)


@pytest.mark.parametrize("role", ["helpdesk", "auditor"])
def test_others_in_the_console_read_logins_and_trail_but_end_none(
    app: Flask, make_user: MakeUser, lina: int, another_visitor: MakeVisitor, role: str,
) -> None:
    make_user(username="reader", phone=OTHER_PHONE, role=role)
    person, reader = comes_in(another_visitor(), "li.na", PHONE), comes_in(another_visitor(), "reader", OTHER_PHONE)
    assert reader.opens(f"/admin/users/{lina}/trail").sees("Code accepted")
    assert reader.opens(f"/admin/users/{lina}/logins").sees("Asked: the rules ask for a code")
    assert reader.does_not_see("End all logins")
    assert reader.posts(f"/admin/users/{lina}/logins/end").status == 403
    assert is_home(person.opens("/"), "li.na")
