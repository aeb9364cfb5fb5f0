"""A password that was made for somebody is replaced at the first login: can they come in without, and what may the new one be?"""

from __future__ import annotations

import pytest
from flask import Flask

from tests import people
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
    leads_to,
    rows,
)
from tests.visitor import Visitor

later = people.later
NEW = "tulip-harbour-velvet-31"


def generates(app: Flask, user_id: int) -> str:
    from portal.signin import oversight
    from portal.trace import COMMAND, Actor

    with app.app_context():
        return oversight.generated_password(user_id, COMMAND, actor=Actor("boss", 1))


def chooses(visitor: Visitor, password: str) -> Visitor:
    return visitor.fills("New password", password).submits("Save and log in")


@pytest.fixture
def at_the_step(app: Flask, visitor: Visitor, make_user: MakeUser) -> Visitor:
    """Somebody who has proved all else and must now replace the password."""
    make_user(username="li.na", phone=PHONE, must_change=True)
    comes_in(visitor, "li.na", PHONE)
    assert leads_to(visitor, "/login/password")
    return visitor


def test_after_the_code_a_new_password_is_chosen(
    app: Flask, at_the_step: Visitor, another_visitor: MakeVisitor, both_databases: str,
) -> None:
    assert at_the_step.page.heading == "Choose a new password"
    assert is_home(chooses(at_the_step, NEW), "li.na")
    assert at_the_step.sees("Verified by text message")
    other = another_visitor().logs_in("li.na", PASSWORD)
    assert other.status == 422
    assert is_home(other.logs_in("li.na", NEW).enters_code(PHONE), "li.na")
    assert [event for event in events(app) if "password" in event[0]] == [("password changed", "ok")]


def test_where_no_code_is_asked_the_password_is_replaced_at_once(app: Flask, visitor: Visitor, make_user: MakeUser) -> None:
    make_user(username="li.na", phone=PHONE, must_change=True)
    does(app, "mfa", "--global", "off")
    assert leads_to(visitor.logs_in("li.na", PASSWORD), "/login/password")
    assert events(app, event="sign-in complete") == []
    assert is_home(chooses(visitor, NEW), "li.na")
    assert len(events(app, event="sign-in complete")) == 1


def test_a_number_is_bound_before_the_password_is_replaced(visitor: Visitor, make_user: MakeUser) -> None:
    make_user(username="li.na", must_change=True)
    visitor.logs_in("li.na", PASSWORD).fills(country="DE", phone=PHONE).submits().enters_code(PHONE)
    assert leads_to(visitor, "/login/password")
    assert is_home(chooses(visitor, NEW), "li.na")


def test_a_bypass_spares_the_code_and_not_the_password(app: Flask, visitor: Visitor, make_user: MakeUser) -> None:
    make_user(username="li.na", phone=PHONE, must_change=True)
    does(app, "user", "bypass", "li.na", "--minutes", "5")
    assert leads_to(visitor.logs_in("li.na", PASSWORD), "/login/password")
    assert is_home(chooses(visitor, NEW), "li.na")


def test_a_generated_password_can_be_typed_and_must_be_replaced(app: Flask, visitor: Visitor, make_user: MakeUser) -> None:
    made = generates(app, make_user(username="li.na", phone=PHONE))
    assert [len(group) for group in made.split("-")] == [5, 5, 5, 5]
    assert not set(made) & set("01iloIOQ")
    visitor.logs_in("li.na", made).enters_code(PHONE)
    assert leads_to(visitor, "/login/password")
    chooses(visitor, made)
    assert visitor.status == 422
    assert visitor.sees("That is the password you have now. Choose another one.")
    assert is_home(chooses(visitor, NEW), "li.na")
    assert made not in str(rows(app, "SELECT * FROM audit_entry"))


def test_a_generated_password_ends_the_sign_ins_of_before(app: Flask, visitor: Visitor, make_user: MakeUser) -> None:
    user_id = make_user(username="li.na", phone=PHONE)
    comes_in(visitor, "li.na", PHONE)
    generates(app, user_id)
    assert is_outside(visitor)


@pytest.mark.parametrize("path", ["/", "/login", "/login/code", "/login/phone", "/settings/mfa", "/login/code/state"])
def test_no_address_leads_in_before_the_new_password(at_the_step: Visitor, path: str) -> None:
    at_the_step.opens(path)
    assert at_the_step.path.partition("?")[0] in ("/login", "/login/password", "/login/code/state")
    assert leads_to(at_the_step.opens("/login/password"), "/login/password")


@pytest.mark.parametrize("path", ["/login/code", "/login/code/resend", "/login/phone"])
def test_no_form_of_another_step_leads_in(app: Flask, at_the_step: Visitor, path: str) -> None:
    at_the_step.posts(path, code="123456", country="DE", phone=OTHER_PHONE)
    assert leads_to(at_the_step, "/login/password")
    assert [row.state for row in rows(app, "SELECT state FROM sign_in")] == ["awaiting_password"]


@pytest.mark.parametrize(("typed", "said"), [
    ("", "Enter a new password."),
    ("tiny", "That password is too short. Use at least 12 characters."),
    ("Password1234", "That password is easy to guess."),
    (PASSWORD, "That is the password you have now. Choose another one."),
    ("x" * 1025, "That password is too long."),
])
def test_a_password_that_will_not_do_is_refused_beside_the_field(at_the_step: Visitor, typed: str, said: str) -> None:
    chooses(at_the_step, typed)
    assert at_the_step.status == 422
    assert at_the_step.sees(said)
    assert at_the_step.page.title.startswith("Error: ")
    assert not typed or at_the_step.does_not_see(typed)
    assert is_home(chooses(at_the_step, NEW), "li.na")


def test_the_step_can_be_cancelled(at_the_step: Visitor) -> None:
    at_the_step.submits("Cancel and log in as somebody else")
    assert at_the_step.sees("The login was cancelled.")
    assert is_outside(at_the_step)


def test_the_step_does_not_wait_for_ever(at_the_step: Visitor, later: Later) -> None:
    later(601)
    chooses(at_the_step, NEW)
    assert leads_to(at_the_step, "/login")
    assert at_the_step.sees("That took too long. Log in again.")


def test_the_time_begins_anew_at_the_step(visitor: Visitor, make_user: MakeUser, later: Later) -> None:
    make_user(username="li.na", phone=PHONE, must_change=True)
    visitor.logs_in("li.na", PASSWORD)
    later(200)
    visitor.enters_code(PHONE)
    later(500)
    assert is_home(chooses(visitor, NEW), "li.na")


@pytest.mark.parametrize("words", [("suspend", "li.na"), ("set-password", "li.na", "--password-stdin")])
def test_whoever_is_suspended_or_given_a_password_meanwhile_starts_over(
    app: Flask, at_the_step: Visitor, words: tuple[str, ...],
) -> None:
    does(app, "user", *words, given=f"{PASSWORD} again\n")
    chooses(at_the_step, NEW)
    assert leads_to(at_the_step, "/login")
    assert at_the_step.sees("That login has ended. Log in again.")
    assert is_outside(at_the_step)


def test_the_token_of_the_step_before_is_worth_nothing(
    visitor: Visitor, another_visitor: MakeVisitor, make_user: MakeUser,
) -> None:
    make_user(username="li.na", phone=PHONE, must_change=True)
    visitor.logs_in("li.na", PASSWORD)
    before = another_visitor()
    before.cookies = dict(visitor.cookies)
    visitor.enters_code(PHONE)
    between = another_visitor()
    between.cookies = dict(visitor.cookies)
    assert leads_to(before.opens("/login/password"), "/login")
    assert leads_to(between.opens("/login/password"), "/login/password")
    chooses(visitor, NEW)
    assert leads_to(between.opens("/login/password"), "/login")


def test_the_new_password_ends_what_else_rests_on_the_old_one(
    app: Flask, at_the_step: Visitor, another_visitor: MakeVisitor, later: Later,
) -> None:
    later(31)
    other = another_visitor().logs_in("li.na", PASSWORD).enters_code(PHONE)
    assert leads_to(other, "/login/password")
    assert is_home(chooses(at_the_step, NEW), "li.na")
    assert leads_to(chooses(other, "a walnut on the piano, twice"), "/login")
    assert rows(app, "SELECT ended_because FROM sign_in WHERE state = 'ended'")[0].ended_because == "password changed"


def test_one_goes_where_one_wanted_to_go(visitor: Visitor, make_user: MakeUser) -> None:
    make_user(username="boss", phone=PHONE, role="administrator", must_change=True)
    visitor.opens("/settings/mfa").fills(identifier="boss", password=PASSWORD).submits().enters_code(PHONE)
    chooses(visitor, NEW)
    assert leads_to(visitor, "/settings/mfa")


def test_a_form_from_before_is_shown_again(at_the_step: Visitor) -> None:
    at_the_step.posts("/login/password", password=NEW, csrf_token="stale")
    assert at_the_step.status == 400
    assert is_home(chooses(at_the_step, NEW), "li.na")


def test_without_a_sign_in_the_page_leads_to_the_login(visitor: Visitor) -> None:
    assert leads_to(visitor.opens("/login/password"), "/login")


def test_whoever_is_in_is_led_home(visitor: Visitor, make_user: MakeUser) -> None:
    make_user(username="li.na", phone=PHONE)
    comes_in(visitor, "li.na", PHONE)
    assert is_home(visitor.opens("/login/password"), "li.na")


def test_in_an_experience_login_it_is_replaced_too(app: Flask, visitor: Visitor, make_user: MakeUser) -> None:
    make_user(username="boss", phone=OTHER_PHONE, administrator=True)
    make_user(username="li.na", phone=PHONE, must_change=True)
    add_application(app, "Wiki")
    comes_in(visitor, "boss", OTHER_PHONE).opens("/admin/applications/1").submits("Experience login")
    visitor.fills(identifier="li.na", password=PASSWORD).submits().enters_code(PHONE)
    assert leads_to(visitor, "/trial/login/password")
    assert visitor.sees("you are trying Wiki")
    assert leads_to(chooses(visitor, NEW), "/trial/result")
    assert visitor.sees("Password changed", "The person would now be in Wiki")
    assert is_home(visitor.opens("/"), "boss")
    assert leads_to(visitor.opens("/login/password"), "/")
