"""A switch is thrown while somebody is half way in: does the login keep the stricter of both?"""

from __future__ import annotations

import pytest
from flask import Flask

from tests.conftest import PASSWORD
from tests.people import PHONE, MakeUser, MakeVisitor, add_application, does, is_home, leads_to
from tests.visitor import Visitor

NEW_PASSWORD = "a quite different battery horse"
SWITCHES = [("--global",), ("--source", "password"), ("--application", "Shop"), ("--application-source", "Shop", "password")]
"""Each switch that asks for a code, as the command names it: the portal's, then those of an application with its own rules."""


@pytest.fixture(autouse=True)
def shop(app: Flask, make_user: MakeUser) -> None:
    make_user(username="li.na", phone=PHONE)
    add_application(app, "Shop")


def throws(app: Flask, switch: tuple[str, ...], value: str) -> None:
    does(app, "mfa", *switch, value)


def at_login(visitor: Visitor, switch: tuple[str, ...]) -> Visitor:
    """Before the login page of what the switch is about."""
    through = "?application=client-shop" if "Shop" in switch else ""
    return visitor.opens(f"/login{through}").fills(identifier="li.na", password=PASSWORD)


def is_asked(visitor: Visitor) -> bool:
    return visitor.page.heading == "Verification code login"


@pytest.mark.parametrize("switch", SWITCHES)
def test_thrown_on_before_the_password_it_asks(app: Flask, visitor: Visitor, switch: tuple[str, ...]) -> None:
    throws(app, switch, "off")
    at_login(visitor, switch)
    throws(app, switch, "on")
    assert is_asked(visitor.submits())


@pytest.mark.parametrize("switch", SWITCHES)
def test_thrown_off_before_the_password_it_does_not_ask(app: Flask, visitor: Visitor, switch: tuple[str, ...]) -> None:
    throws(app, switch, "on")
    if "Shop" in switch:
        does(app, "mfa", "--global", "off")
    at_login(visitor, switch)
    throws(app, switch, "off")
    assert is_home(visitor.submits(), "li.na")


@pytest.mark.parametrize("switch", SWITCHES)
def test_thrown_off_between_password_and_code_the_code_stays_asked(
    app: Flask, visitor: Visitor, switch: tuple[str, ...], both_databases: str,
) -> None:
    throws(app, switch, "on")
    assert is_asked(at_login(visitor, switch).submits())
    throws(app, switch, "off")
    does(app, "mfa", "--global", "off")
    assert is_asked(visitor.opens("/login/code"))
    assert leads_to(visitor.opens("/"), "/login")
    visitor.opens("/login/code").fills(code="000000").submits()
    assert visitor.status == 422
    assert is_home(visitor.enters_code(PHONE), "li.na")


@pytest.mark.parametrize("switch", SWITCHES[:2])
def test_thrown_on_after_completion_the_next_entrance_asks(
    app: Flask, visitor: Visitor, switch: tuple[str, ...], both_databases: str,
) -> None:
    throws(app, switch, "off")
    assert is_home(at_login(visitor, switch).submits(), "li.na")
    throws(app, switch, "on")
    assert leads_to(visitor.opens("/"), "/login/code")
    assert is_home(visitor.submits().enters_code(PHONE), "li.na")


@pytest.mark.parametrize("switch", SWITCHES[2:])
def test_an_application_s_switch_thrown_on_after_completion_asks_at_its_next_login(
    app: Flask, visitor: Visitor, another_visitor: MakeVisitor, switch: tuple[str, ...],
) -> None:
    throws(app, switch, "off")
    does(app, "mfa", "--global", "off")
    assert is_home(at_login(visitor, switch).submits(), "li.na")
    throws(app, switch, "on")
    assert is_asked(at_login(another_visitor(), switch).submits())


def test_own_rules_that_end_between_password_and_code_let_nobody_in(app: Flask, visitor: Visitor) -> None:
    does(app, "mfa", "--application", "Shop", "on", "--global", "off")
    assert is_asked(at_login(visitor, SWITCHES[2]).submits())
    does(app, "mfa", "--application", "Shop", "inherit")
    assert is_asked(visitor.opens("/login/code"))
    assert is_home(visitor.enters_code(PHONE), "li.na")


def test_thrown_off_in_the_bind_window_the_number_stays_asked(app: Flask, visitor: Visitor, make_user: MakeUser) -> None:
    make_user(username="new")
    visitor.logs_in("new", PASSWORD)
    does(app, "mfa", "--global", "off")
    assert leads_to(visitor.opens("/login/phone"), "/login/phone")
    assert leads_to(visitor.opens("/"), "/login")


def test_thrown_on_while_a_new_password_is_chosen_the_entrance_asks(
    app: Flask, visitor: Visitor, make_user: MakeUser,
) -> None:
    make_user(username="fresh", phone="+4915112345600", must_change=True)
    does(app, "mfa", "--global", "off")
    assert leads_to(visitor.logs_in("fresh", PASSWORD), "/login/password")
    does(app, "mfa", "--global", "on")
    visitor.fills(password=NEW_PASSWORD).submits()
    assert leads_to(visitor, "/login/code")
    assert is_home(visitor.submits().enters_code("+4915112345600"), "fresh")
