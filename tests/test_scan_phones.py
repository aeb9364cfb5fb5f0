"""Which phones may confirm a scanned code, and how long does their word hold?"""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import update

from tests import people, scans
from tests.conftest import PASSWORD
from tests.people import OTHER_PHONE, PHONE, Later, MakeUser, MakeVisitor, comes_in, does, events, is_home, is_outside, leads_to
from tests.scans import confirms, field, go_on, number, polls, scanned, shows
from tests.town import post, twin
from tests.visitor import Visitor

phone, boss = scans.phone, scans.boss
later = people.later


def test_another_phone_than_the_first_is_told_that_it_came_late(
    visitor: Visitor, phone: Visitor, another_visitor: MakeVisitor, make_user: MakeUser,
) -> None:
    make_user(username="zhang", phone=OTHER_PHONE)
    second = comes_in(another_visitor(), "zhang", OTHER_PHONE).opens(scanned(shows(visitor)))
    confirms(phone, visitor)
    second.fills(number=number(visitor)).submits("Confirm").sees("Somebody has answered already")
    go_on(visitor).enters_code(PHONE)
    assert is_home(visitor, "li.na")


def test_a_phone_that_is_not_signed_in_signs_in_and_returns(
    visitor: Visitor, make_user: MakeUser, another_visitor: MakeVisitor,
) -> None:
    make_user(username="li.na", phone=PHONE)
    phone = another_visitor().opens(scanned(shows(visitor)))
    assert leads_to(phone, "/login")
    phone.fills(identifier="li.na", password=PASSWORD).submits().enters_code(PHONE)
    assert leads_to(phone, scanned(visitor))
    phone.sees("Log in on another screen?")


def test_half_a_login_on_the_phone_confirms_nothing(visitor: Visitor, make_user: MakeUser, another_visitor: MakeVisitor) -> None:
    make_user(username="li.na", phone=PHONE)
    shows(visitor)
    phone = another_visitor().logs_in("li.na", PASSWORD)
    answer = post(phone, scanned(visitor), number=number(visitor))
    assert (answer.status, answer.header("Location")) == (303, "/login")
    assert polls(visitor)["state"] == "shown"


def test_a_phone_that_lacks_the_second_factor_confirms_nothing(
    app: Flask, visitor: Visitor, make_user: MakeUser, another_visitor: MakeVisitor,
) -> None:
    make_user(username="li.na", phone=PHONE)
    does(app, "mfa", "--global", "off")
    phone = another_visitor().logs_in("li.na", PASSWORD)
    does(app, "mfa", "--global", "on")
    answer = post(phone, scanned(shows(visitor)), number=number(visitor))
    assert (answer.status, answer.header("Location").partition("?")[0]) == (303, "/login/code")
    assert polls(visitor)["state"] == "shown"


def test_looking_at_a_code_changes_nothing(visitor: Visitor, phone: Visitor) -> None:
    shows(visitor)
    for method in ("GET", "HEAD", "OPTIONS"):
        phone.sends(method, scanned(visitor))
        phone.sends(method, f"{scanned(visitor)}/refuse")
    assert polls(visitor)["state"] == "shown"


def test_a_code_is_worth_nothing_in_another_browser(visitor: Visitor, phone: Visitor, another_visitor: MakeVisitor) -> None:
    """The attacker has seen the code over the victim's shoulder, or has sent the page's own form elsewhere."""
    thief = shows(another_visitor())
    confirms(phone, shows(visitor))
    thief.posts("/login/scan", code=field(visitor, "code"), letters=field(visitor, "letters"))
    thief.sees("This code is not for this browser")
    assert is_outside(thief)
    assert polls(shows(thief), visitor.form("code").node.get("data-poll")) == {"state": "unknown", "again": None}
    assert leads_to(go_on(visitor), "/login/code")


def test_a_swapped_cookie_takes_the_code_from_the_desktop(visitor: Visitor, phone: Visitor, another_visitor: MakeVisitor) -> None:
    """Whoever plants another session in the desktop must not have its owner come in, nor come in themselves."""
    thief = shows(another_visitor())
    confirms(phone, shows(visitor))
    visitor.cookies = dict(thief.cookies)
    code = field(visitor, "code")
    assert go_on(visitor).status == 400
    visitor.posts("/login/scan", code=code, csrf_token=thief.tokens[0]).sees("This code is not for this browser")
    assert is_outside(visitor)
    assert is_outside(thief)


def test_a_login_in_the_same_browser_takes_its_codes_away(visitor: Visitor, phone: Visitor) -> None:
    other_tab = twin(shows(visitor))
    confirms(phone, visitor)
    visitor.logs_in("li.na", PASSWORD)
    other_tab.cookies = visitor.cookies
    assert polls(other_tab)["state"] == "unknown"


@pytest.mark.parametrize("end", ["logged out", "MFA reset", "password changed", "suspended", "idle"])
def test_what_ends_the_phone_s_login_ends_its_word(
    app: Flask, visitor: Visitor, phone: Visitor, end: str,
) -> None:
    confirms(phone, shows(visitor))
    if end == "logged out":
        phone.opens("/").submits("Log out")
    elif end == "suspended":
        does(app, "user", "suspend", "li.na")
    elif end == "password changed":
        does(app, "user", "set-password", "li.na", "--password-stdin", given="another correct horse battery")
    elif end == "MFA reset":
        does(app, "user", "reset-mfa", "li.na")
    else:
        idles(app)
    go_on(visitor).sees("The phone is no longer logged in")
    assert visitor.status == 410
    assert is_outside(visitor)
    assert ("first factor refused", "phone logged out") in events(app)


def idles(app: Flask) -> None:
    from portal.database import writing
    from portal.models import SignIn

    with app.app_context(), writing() as connection:
        connection.execute(update(SignIn).values(seen_at=SignIn.seen_at - 86_400))


def test_a_confirmation_proves_no_more_than_the_phone_could(
    visitor: Visitor, another_visitor: MakeVisitor, make_user: MakeUser, later: Later,
) -> None:
    """Else whoever holds a stolen session could turn it into a fresh one, and with that into a new password."""
    make_user(username="boss", phone=OTHER_PHONE, administrator=True)
    boss = comes_in(another_visitor(), "boss", OTHER_PHONE)
    later(3600)
    confirms(boss, shows(visitor))
    go_on(visitor).enters_code(OTHER_PHONE)
    assert is_home(visitor, "boss")
    visitor.opens("/settings/mfa").posts("/settings/mfa")
    assert leads_to(visitor, "/login/again")


@pytest.mark.settings(PORTAL_SESSION_LIFETIME="86400", PORTAL_SESSION_IDLE="86400")
def test_whoever_a_confirmation_alone_lets_in_stays_no_longer_than_the_phone(
    app: Flask, visitor: Visitor, phone: Visitor, later: Later,
) -> None:
    does(app, "mfa", "--source", "scan", "off")
    later(86_400 - 3_600)
    confirms(phone, shows(visitor))
    assert is_home(go_on(visitor), "li.na")
    later(3_700)
    assert is_outside(phone)
    assert is_outside(visitor)
