"""Does somebody come in with a scanned code, and nobody by any other way of using one?"""

from __future__ import annotations

import pytest
from flask import Flask

from tests import people, scans
from tests.people import PHONE, Later, MakeVisitor, add_application, does, events, is_home, is_outside, leads_to, rows, told
from tests.scans import confirms, field, go_on, number, polls, scanned, shows
from tests.town import post, twin
from tests.visitor import Visitor

phone = scans.phone
later = people.later


def another(phone: Visitor, right: str) -> str:
    """One of the numbers that the phone offers, which is not that one."""
    offered = [node.get("value") for node in phone.form("number").fields if node.get("name") == "number"]
    assert right in offered
    assert len(set(offered)) == 6
    return next(each for each in offered if each != right)


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
