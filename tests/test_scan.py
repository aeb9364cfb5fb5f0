"""Does a signed-in phone let the browser in that shows a code, and nobody else?"""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, update

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
    told,
)
from tests.town import post, twin
from tests.visitor import Visitor

later = people.later


@pytest.fixture
def phone(another_visitor: MakeVisitor, make_user: MakeUser) -> Visitor:
    """The phone of somebody who is signed in on it."""
    make_user(username="li.na", phone=PHONE)
    return comes_in(another_visitor(), "li.na", PHONE)


def shows(visitor: Visitor, at: str = "/login/scan") -> Visitor:
    visitor.opens(at)
    assert visitor.status == 200, visitor.page.text
    return visitor


def field(visitor: Visitor, name: str) -> str:
    return dict(visitor.form(name).values())[name]


def number(visitor: Visitor) -> str:
    """The number that the page shows."""
    return str(visitor.page.root.all("text")[0].words())


def scanned(visitor: Visitor) -> str:
    """Where the phone is led that scans the page."""
    return f"/scan/{field(visitor, 'code')}"


def another(phone: Visitor, right: str) -> str:
    """One of the numbers that the phone offers, which is not that one."""
    offered = [node.get("value") for node in phone.form("number").fields if node.get("name") == "number"]
    assert right in offered
    assert len(set(offered)) == 6
    return next(each for each in offered if each != right)


def confirms(phone: Visitor, screen: Visitor) -> Visitor:
    return phone.opens(scanned(screen)).fills(number=number(screen)).submits("Confirm")


def polls(screen: Visitor, path: str = "") -> Any:
    """What the page's script is answered."""
    address = path or screen.form("code").node.get("data-poll")
    return json.loads(screen.sends("GET", address).text)


def go_on(screen: Visitor) -> Visitor:
    return screen.submits("I have confirmed")


def test_whoever_confirms_on_the_phone_is_asked_for_the_code_and_is_in(app: Flask, visitor: Visitor, phone: Visitor) -> None:
    confirms(phone, shows(visitor)).sees("Confirmed")
    assert polls(visitor)["state"] == "confirmed"
    go_on(visitor).enters_code(PHONE)
    assert is_home(visitor, "li.na")
    assert [row.source for row in rows(app, "SELECT source FROM sign_in ORDER BY id")] == ["password", "scan"]
    assert ("scan confirmed", "ok") in events(app)
    assert ("first factor passed", "ok") in events(app)[events(app).index(("scan confirmed", "ok")):]


def test_the_switch_of_the_source_decides_about_the_code(app: Flask, visitor: Visitor, phone: Visitor) -> None:
    does(app, "mfa", "--source", "scan", "off")
    confirms(phone, shows(visitor))
    assert is_home(go_on(visitor), "li.na")


def test_the_phone_says_who_asks(visitor: Visitor, phone: Visitor, app: Flask) -> None:
    add_application(app, "Wiki")
    visitor.about[0] = ("User-Agent", "Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0")
    visitor.address = "192.0.2.77"
    phone.opens(scanned(shows(visitor, "/login/scan?application=client-wiki")))
    phone.sees("Firefox on Windows", "192.0.2.77", "Wiki", "li.na")
    confirms(phone, visitor)
    go_on(visitor)
    assert [row.application_id for row in rows(app, "SELECT application_id FROM sign_in WHERE source = 'scan'")] == [1]


def test_until_the_phone_has_confirmed_the_page_shows_the_same_code(visitor: Visitor, phone: Visitor) -> None:
    code = field(shows(visitor), "code")
    go_on(visitor).sees("The phone has not confirmed yet")
    assert (visitor.status, field(visitor, "code")) == (422, code)
    assert polls(visitor) == {"state": "shown", "again": pytest.approx(1.5, abs=0.5)}
    confirms(phone, visitor)
    assert leads_to(go_on(visitor), "/login/code")


def test_a_wrong_number_ends_the_code(app: Flask, visitor: Visitor, phone: Visitor) -> None:
    right = number(shows(visitor))
    phone.opens(scanned(visitor))
    phone.fills(number=another(phone, right)).submits("Confirm").sees("That was another number")
    assert post(phone.opens("/scan"), scanned(visitor), number=right).status == 410
    go_on(visitor).sees("Another number was chosen")
    assert ("scan refused", "wrong number") in events(app)
    assert is_outside(visitor)


def test_a_number_must_be_chosen_and_be_one_of_those_offered(visitor: Visitor, phone: Visitor) -> None:
    phone.opens(scanned(shows(visitor)))
    for given in ("", "7", "abc", "１２", "-1", "9" * 5000):
        phone.posts(scanned(visitor), number=given).sees("Choose the number")
        assert phone.status == 422
    assert polls(visitor)["state"] == "shown"


def test_who_refuses_lets_nobody_in(app: Flask, visitor: Visitor, phone: Visitor) -> None:
    phone.opens(scanned(shows(visitor))).submits("Refuse: it was not me").sees("Refused")
    assert polls(visitor) == {"state": "refused", "again": None}
    go_on(visitor).sees("Refused on the phone")
    assert ("scan refused", "on the phone") in events(app)
    visitor.clicks("Show a new code")
    confirms(phone, visitor)
    assert leads_to(go_on(visitor), "/login/code")


def test_a_code_lives_two_minutes(visitor: Visitor, phone: Visitor, later: Later) -> None:
    phone.opens(scanned(shows(visitor)))
    later(119)
    assert polls(visitor)["state"] == "shown"
    later(2)
    phone.fills(number=number(visitor)).submits("Confirm").sees("The code has expired")
    assert polls(visitor)["state"] == "expired"
    go_on(visitor).sees("The code has expired")


def test_a_confirmation_at_the_last_moment_can_be_used_and_later_none(visitor: Visitor, phone: Visitor, later: Later,
                                                                      another_visitor: MakeVisitor) -> None:
    other = another_visitor()
    for screen in (visitor, other):
        shows(screen)
    later(118)
    for screen in (visitor, other):
        confirms(phone, screen)
    later(25)
    assert leads_to(go_on(visitor), "/login/code")
    later(10)
    go_on(other).sees("The code has expired")
    assert is_outside(other)


def test_a_code_is_used_once(app: Flask, visitor: Visitor, phone: Visitor) -> None:
    does(app, "mfa", "--source", "scan", "off")
    confirms(phone, shows(visitor))
    copied = twin(visitor)
    assert is_home(go_on(visitor), "li.na")
    go_on(copied).sees("This code has been used already")
    assert is_outside(copied)


def test_a_phone_that_looks_again_sends_nobody_to_a_screen_that_has_gone_on(app: Flask, visitor: Visitor, phone: Visitor) -> None:
    does(app, "mfa", "--source", "scan", "off")
    page = confirms(phone, shows(visitor)).path
    phone.sees("Confirmed", "Go on at the other screen")
    assert is_home(go_on(visitor), "li.na")

    assert phone.opens(page).sees("Confirmed", "The other screen has gone on with this code.")
    assert phone.does_not_see("Go on at the other screen")


def test_an_approval_counts_once_however_often_it_is_sent(app: Flask, visitor: Visitor, phone: Visitor) -> None:
    confirms(phone, shows(visitor))
    address, right = scanned(visitor), number(visitor)
    for _ in range(3):
        assert post(phone.opens("/scan"), address, number=right).status == 200
    go_on(visitor).enters_code(PHONE)
    phone.posts(address, number=right).sees("Confirmed")
    assert [outcome for what, outcome in events(app) if what == "scan confirmed"] == ["ok"]


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


def test_the_letters_lead_to_the_same_question(visitor: Visitor, phone: Visitor) -> None:
    assert "/scan" in [node.get("href") for node in phone.opens("/").page.root.all("a")]
    letters = field(shows(visitor), "letters")
    visitor.sees(f"{letters[:4]}-{letters[4:]}")
    for typed in (letters, letters.lower(), f" {letters[:4]} - {letters[4:]} ", "".join(chr(ord(c) + 0xFEE0) for c in letters)):
        phone.opens("/scan").fills("Eight letters", typed).submits()
        phone.sees("Log in on another screen?")
    phone.fills(number=number(visitor)).submits("Confirm").sees("Confirmed")
    assert leads_to(go_on(visitor), "/login/code")


def test_letters_cannot_be_guessed_for_long(visitor: Visitor, phone: Visitor, later: Later) -> None:
    letters = field(shows(visitor), "letters")
    for at in range(10):
        phone.opens("/scan").fills(letters="ABCDEFG" + "HJKMNPQRST"[at]).submits()
        assert phone.status == 422
    assert phone.opens("/scan").fills(letters=letters).submits().status == 422
    assert phone.opens(f"/scan/{letters}").status == 404
    assert post(phone.opens("/scan"), f"/scan/{letters}", number=number(visitor)).status == 404
    later(301)
    shows(visitor)
    phone.opens("/scan").fills(letters=field(visitor, "letters")).submits().sees("Log in on another screen?")


@pytest.mark.parametrize("typed", ["", "ABC", "ABCDEFG1", "ABCDEFGHJ", "\u0000" * 8, "ABCDEFGÜ"])
def test_what_are_no_letters_are_refused_beside_the_field(phone: Visitor, typed: str) -> None:
    phone.opens("/scan").posts("/scan", letters=typed).sees("There is no such code")
    assert phone.status == 422


@pytest.mark.parametrize("code", ["guessed", "ABCDEFGH", "%00" * 8, "x" * 3000, "Ü" * 8])
def test_there_is_no_code_that_was_never_shown(phone: Visitor, visitor: Visitor, code: str) -> None:
    assert phone.opens(f"/scan/{code}").status == 404
    assert polls(shows(visitor), f"/login/scan/state?code={code}")["state"] == "unknown"
    visitor.posts("/login/scan", code=code, letters=code)
    assert visitor.status == 410


@pytest.mark.settings(PORTAL_LIMIT_REQUESTS_PER_ADDRESS="3")
def test_a_flood_of_pages_from_one_address_is_stopped(app: Flask, visitor: Visitor, another_visitor: MakeVisitor) -> None:
    for _ in range(3):
        shows(visitor)
    assert visitor.opens("/login/scan").status == 429
    assert visitor.answer.header("Retry-After")
    assert len(rows(app, "SELECT id FROM scan_code")) == 3
    assert another_visitor(address="192.0.2.9").opens("/login/scan").status == 200
    assert visitor.opens("/login").status == 200


def test_a_forged_form_confirms_nothing_and_a_stale_one_opens_again(visitor: Visitor, phone: Visitor) -> None:
    phone.opens(scanned(shows(visitor)))
    phone.posts(scanned(visitor), number=number(visitor), csrf_token="forged").sees("Log in on another screen?")
    assert phone.status == 400
    code = field(visitor, "code")
    visitor.posts("/login/scan", code=code, letters=field(visitor, "letters"), csrf_token="forged")
    assert (visitor.status, field(visitor, "code")) == (400, code)
    assert polls(visitor)["state"] == "shown"


def test_where_it_is_off_there_is_no_such_page(app: Flask, visitor: Visitor, phone: Visitor) -> None:
    from portal.database import writing
    from portal.models import IdentitySource
    from portal.sources import register

    address, code = scanned(shows(visitor)), field(visitor, "code")
    phone.opens(address)
    with app.app_context(), writing() as connection:
        connection.execute(update(IdentitySource).where(IdentitySource.name == "scan").values(enabled=False))
    with app.app_context():
        register.forget()
    for path in ("/scan", address):
        assert phone.opens(path).status == 404
        assert post(phone.opens("/"), path, number=number(visitor)).status == 404
    assert post(visitor, "/login/scan", code=code).status == 404
    assert visitor.opens("/login/scan").status == 404
    phone.opens("/").does_not_see("Scan code login")
    visitor.opens("/login").does_not_see("Scan code")


def hides_this_way(app: Flask) -> None:
    from portal.database import writing
    from portal.models import Application

    with app.app_context(), writing() as connection:
        connection.execute(update(Application).values(hidden_sources=["scan"]))


def test_an_application_may_hide_it(app: Flask, visitor: Visitor) -> None:
    add_application(app, "Wiki")
    hides_this_way(app)
    assert visitor.opens("/login/scan?application=client-wiki").status == 404
    assert visitor.opens("/login/scan").status == 200


def test_a_code_is_worth_nothing_once_its_application_hides_this_way(app: Flask, visitor: Visitor, phone: Visitor) -> None:
    add_application(app, "Wiki")
    confirms(phone, shows(visitor, "/login/scan?application=client-wiki"))
    hides_this_way(app)
    # Whatever the address says now: the code was one of that application's.
    visitor.posts("/login/scan", code=field(visitor, "code"))
    assert visitor.status == 404
    assert is_outside(visitor)


def test_a_poll_costs_one_statement_and_loads_nobody(app: Flask, visitor: Visitor) -> None:
    from portal.extensions import db

    shows(visitor)
    asked: list[str] = []
    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", lambda *about: asked.append(about[2]))
    assert polls(visitor)["state"] == "shown"
    assert [statement.partition("\n")[0] for statement in asked if statement != "BEGIN"] == [
        "SELECT scan_code.state, scan_code.expires_at "]


def test_pages_ask_ever_more_slowly_the_more_there_are(later: Later) -> None:
    from portal.web.scan_pace import LATEST, PER_SECOND, SOONEST, Pace

    pace = Pace()
    assert pace.seconds() == SOONEST
    waits = [pace.seconds() for _ in range(1000)]
    assert waits == sorted(waits)
    assert waits[-1] == LATEST
    assert sum(wait < 5 for wait in waits) <= 5 * PER_SECOND
    later(60)
    assert pace.seconds() == pytest.approx(SOONEST, abs=0.1)


def tries(boss: Visitor, app: Flask) -> Visitor:
    add_application(app, "Wiki")
    boss.opens("/admin/applications/1").submits("Experience login")
    return boss.clicks("Scan code")


@pytest.fixture
def boss(another_visitor: MakeVisitor, make_user: MakeUser) -> Visitor:
    make_user(username="boss", phone=OTHER_PHONE, administrator=True)
    return comes_in(another_visitor(), "boss", OTHER_PHONE)


def test_it_can_be_tried_for_an_application(app: Flask, boss: Visitor, phone: Visitor) -> None:
    tries(boss, app)
    phone.opens(scanned(boss)).sees("Wiki", "opens nothing")
    confirms(phone, boss)
    go_on(boss).enters_code(PHONE)
    assert leads_to(boss, "/trial/result")
    assert is_home(boss.opens("/"), "boss")


def test_a_code_of_a_trial_is_worth_nothing_outside_nor_the_other_way_round(app: Flask, boss: Visitor, phone: Visitor) -> None:
    tries(boss, app)
    tried, seen = dict(boss.form("code").values()), number(boss)
    phone.opens(f"/scan/{tried['code']}").fills(number=seen).submits("Confirm")
    assert polls(boss, boss.form("code").node.get("data-poll").removeprefix("/trial"))["state"] == "unknown"
    boss.submits("I have confirmed")
    assert leads_to(boss, "/trial/login/code")
    outside = shows(boss.opens("/").submits("Log out"), "/login/scan")
    real = dict(outside.form("code").values())
    confirms(phone, outside)
    outside.opens("/trial/login/scan").posts("/trial/login/scan", code=real["code"], letters=real["letters"])
    assert outside.status == 410


def test_codes_that_are_over_are_removed(app: Flask, visitor: Visitor, later: Later) -> None:
    shows(visitor)
    assert told(app, "cleanup")["codes to scan"] == 0
    later(800)
    assert told(app, "cleanup")["codes to scan"] == 1
    shows(visitor)
    later(800)
    shows(visitor)
    assert len(rows(app, "SELECT id FROM scan_code")) == 1


def test_neither_code_nor_letters_are_kept(app: Flask, visitor: Visitor) -> None:
    shows(visitor)
    kept = str([tuple(row) for row in rows(app, "SELECT * FROM scan_code")])
    assert field(visitor, "code") not in kept
    assert field(visitor, "letters") not in kept


def test_a_phone_that_is_not_logged_in_is_told_why_it_should(visitor: Visitor, another_visitor: MakeVisitor) -> None:
    assert another_visitor().opens(scanned(shows(visitor))).sees("Log in on this phone first.")
