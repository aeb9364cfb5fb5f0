"""A person is signed in with less than an entrance asks for: what happens there?"""

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
    kills_code,
    leads_to,
)
from tests.visitor import Visitor

later = people.later


@pytest.fixture
def inside(app: Flask, visitor: Visitor, make_user: MakeUser) -> Visitor:
    """Somebody who came in while nobody was asked for a code; now everybody is."""
    make_user(username="li.na", phone=PHONE)
    does(app, "mfa", "--global", "off")
    assert is_home(visitor.logs_in("li.na", PASSWORD), "li.na")
    does(app, "mfa", "--global", "on")
    return visitor


def test_home_asks_for_the_code_once_the_switch_is_on(inside: Visitor, both_databases: str) -> None:
    inside.opens("/")
    assert leads_to(inside, "/login/code")
    assert inside.sees("One more step", "To open this page you confirm that it is you, with a code by text message.")
    assert inside.text_messages(PHONE) == []
    inside.submits("Send verification code")
    assert inside.sees("Verification code login", "•78")
    assert is_home(inside.enters_code(PHONE), "li.na")
    assert inside.sees("Verified by text message")


def test_loading_the_page_sends_nothing(inside: Visitor) -> None:
    for _ in range(3):
        inside.opens("/").opens("/login/code")
    assert inside.text_messages(PHONE) == []


def test_while_the_code_is_open_nothing_else_is(inside: Visitor, another_visitor: MakeVisitor) -> None:
    inside.opens("/")
    copy = another_visitor()
    copy.cookies = dict(inside.cookies)
    inside.submits("Send verification code")
    assert is_outside(inside)
    assert is_outside(copy)


def test_stepping_up_leads_to_where_the_person_wanted_to_go(app: Flask, visitor: Visitor, make_user: MakeUser) -> None:
    make_user(username="boss", phone=PHONE, administrator=True)
    does(app, "mfa", "--global", "off", "--administrators", "off")
    assert is_home(visitor.logs_in("boss", PASSWORD), "boss")
    does(app, "mfa", "--administrators", "on")
    visitor.opens("/settings/mfa")
    assert leads_to(visitor, "/login/code")
    visitor.submits("Send verification code").enters_code(PHONE)
    assert leads_to(visitor, "/settings/mfa")
    assert visitor.status == 200


def test_stepping_up_can_be_cancelled(inside: Visitor) -> None:
    inside.opens("/").submits("Cancel and log in as somebody else")
    assert inside.sees("The login was cancelled.")
    assert is_outside(inside)


def test_stepping_up_can_be_cancelled_after_the_text(inside: Visitor) -> None:
    inside.opens("/").submits("Send verification code").submits("Cancel and log in as somebody else")
    assert inside.sees("The login was cancelled.")
    assert is_outside(inside)


def test_whoever_has_no_number_binds_one_first(app: Flask, visitor: Visitor, make_user: MakeUser) -> None:
    make_user(username="new")
    does(app, "mfa", "--global", "off")
    visitor.logs_in("new", PASSWORD)
    does(app, "mfa", "--global", "on")
    visitor.opens("/")
    assert visitor.sees("Your account has no mobile phone number yet. You add it next.")
    visitor.submits("Continue")
    assert leads_to(visitor, "/login/phone")
    visitor.fills(country="DE", phone=OTHER_PHONE).submits().enters_code(OTHER_PHONE)
    assert is_home(visitor, "new")


def test_wrong_codes_end_a_step_up_as_they_end_a_sign_in(inside: Visitor, later: Later) -> None:
    kills_code(inside.opens("/").submits("Send verification code"), PHONE)
    later(61)
    kills_code(inside.posts("/login/code/resend"), PHONE)
    assert leads_to(inside, "/login")
    assert is_outside(inside)


def test_a_step_up_left_alone_lets_nobody_in(inside: Visitor, later: Later) -> None:
    inside.opens("/").submits("Send verification code")
    later(601)
    assert is_outside(inside)


def test_a_step_up_is_in_the_audit_log(app: Flask, inside: Visitor) -> None:
    inside.opens("/").submits("Send verification code").enters_code(PHONE)
    told = [event for event, _ in events(app) if event != "message"]
    assert told[-4:] == ["step-up asked", "code sent", "code accepted", "sign-in complete"]


def test_when_the_switch_goes_off_again_the_step_is_spared(app: Flask, inside: Visitor) -> None:
    assert leads_to(inside.opens("/"), "/login/code")
    does(app, "mfa", "--global", "off")
    assert is_home(inside.opens("/login/code"), "li.na")


def test_a_session_with_a_code_stays_inside_whatever_is_switched(app: Flask, visitor: Visitor, make_user: MakeUser) -> None:
    make_user(username="li.na", phone=PHONE)
    comes_in(visitor, "li.na", PHONE)
    for value in ("off", "on"):
        does(app, "mfa", "--global", value, "--source", "password", value)
        assert is_home(visitor.opens("/"), "li.na")


def test_an_application_without_sms_opens_nothing_of_the_portal_by_the_way(
    app: Flask, visitor: Visitor, make_user: MakeUser,
) -> None:
    make_user(username="li.na", phone=PHONE)
    client_id = add_application(app, "Shop")
    does(app, "mfa", "--application", "Shop", "off")
    visitor.opens(f"/login?application={client_id}")
    assert visitor.sees("Log in to Shop")
    visitor.fills(identifier="li.na", password=PASSWORD).submits()
    assert leads_to(visitor, "/login/code")
    assert visitor.sees("One more step")
    assert visitor.text_messages(PHONE) == []
    visitor.submits("Send verification code").enters_code(PHONE)
    assert is_home(visitor, "li.na")


def test_every_text_of_a_sign_in_through_an_application_names_it(
    app: Flask, visitor: Visitor, make_user: MakeUser, later: Later,
) -> None:
    make_user(username="li.na", phone=PHONE)
    visitor.opens(f"/login?application={add_application(app, 'Shop')}").fills(identifier="li.na", password=PASSWORD).submits()
    assert "is your Shop code" in visitor.reads_text_message(PHONE)
    later(31)
    visitor.posts("/login/code/resend")
    assert "is your Shop code" in visitor.reads_text_message(PHONE)


def test_a_forged_application_is_the_portal_itself(app: Flask, visitor: Visitor, make_user: MakeUser) -> None:
    make_user(username="li.na", phone=PHONE)
    visitor.opens("/login?application=nobody").fills(identifier="li.na", password=PASSWORD).submits()
    assert leads_to(visitor, "/login/code")
    assert visitor.sees("Verification code login")
