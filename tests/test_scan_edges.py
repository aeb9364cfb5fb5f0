"""What of a scanned code that is typed, guessed, flooded, forged, turned off or tried?"""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import event, update

from tests import people, scans
from tests.people import PHONE, Later, MakeVisitor, add_application, is_home, is_outside, leads_to, rows
from tests.scans import confirms, field, go_on, number, polls, scanned, shows
from tests.town import post
from tests.visitor import Visitor

phone, boss = scans.phone, scans.boss
later = people.later


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
