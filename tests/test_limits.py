"""How often may one try, and one text be sent? Every row of the table of limits, and what a person is told who meets it."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from tests import people
from tests.conftest import PASSWORD
from tests.people import (
    OTHER_PHONE,
    PHONE,
    THIRD_PHONE,
    Later,
    MakeUser,
    MakeVisitor,
    comes_in,
    events,
    is_home,
    leads_to,
    retry_after,
    rows,
)
from tests.visitor import Visitor

later = people.later
WRONG = "not the password"
HOUR, DAY = 3_600, 86_400


def refused(visitor: Visitor, said: str, *, within: tuple[float, float]) -> bool:
    """Whether the page is a refusal for now that says when to try again, to people and to programs, and is a whole page."""
    assert visitor.status == 429, f"{visitor.status}: {visitor.page.text}"
    assert within[0] <= retry_after(visitor) <= within[1], retry_after(visitor)
    assert re.search(r"\d+ (seconds?|minutes?|hours?)|\d+:\d\d", visitor.page.text), visitor.page.text
    return visitor.sees(said)


def sent(visitor: Visitor) -> bool:
    """Whether the code page shows a code on its way; fails unless it says why there is none."""
    state = visitor.page.by_id("state")
    assert state is not None, visitor.page.text
    return "refused" not in state.get("class").split()


def tries(visitor: Visitor, identifier: str, times: int) -> list[int]:
    return [visitor.logs_in(identifier, WRONG).status for _ in range(times)]


@pytest.fixture
def li_na(make_user: MakeUser) -> None:
    make_user(username="li.na", email="li.na@example.com", phone=PHONE)


@pytest.mark.parametrize("identifier", ["li.na", "nobody"])
def test_after_five_wrong_passwords_each_try_waits_twice_as_long(
    visitor: Visitor, li_na: None, later: Later, identifier: str, both_databases: str,
) -> None:
    assert tries(visitor, identifier, 5) == [422] * 5
    for pause in (5, 10, 20, 40, 80, 160, 320, 640, 900, 900):
        visitor.logs_in(identifier, PASSWORD if pause < 900 else WRONG)
        assert refused(visitor, "Too many tries. Wait", within=(pause - 2, pause))
        later(pause)
        assert tries(visitor, identifier, 1) == [422]


def test_the_pause_is_that_of_the_identifier_wherever_it_is_typed_and_of_no_other(
    visitor: Visitor, another_visitor: MakeVisitor, li_na: None,
) -> None:
    tries(visitor, "li.na", 5)
    elsewhere = another_visitor(address="192.0.2.1")
    for spelling in ("LI.NA", "  li.na "):
        assert refused(elsewhere.logs_in(spelling, PASSWORD), "Too many tries.", within=(1, 5))
    assert leads_to(elsewhere.logs_in("li.na@example.com", PASSWORD), "/login/code")


def test_an_hour_of_quiet_clears_the_tries(visitor: Visitor, li_na: None, later: Later) -> None:
    tries(visitor, "li.na", 5)
    later(HOUR + 1)
    assert tries(visitor, "li.na", 5) == [422] * 5


def test_a_right_password_clears_the_tries(visitor: Visitor, another_visitor: MakeVisitor, li_na: None) -> None:
    tries(visitor, "li.na", 4)
    assert leads_to(visitor.logs_in("li.na", PASSWORD), "/login/code")
    assert tries(another_visitor(), "li.na", 5) == [422] * 5


def test_twenty_wrong_passwords_for_one_account_silence_the_right_one(
    visitor: Visitor, another_visitor: MakeVisitor, li_na: None, later: Later,
) -> None:
    for number, identifier in enumerate(["li.na", "li.na@example.com", PHONE] * 7, start=1):
        assert another_visitor(address=f"192.0.2.{number}").logs_in(identifier, WRONG).status == 422
        later(20)
    later(900)
    visitor.logs_in("li.na", PASSWORD)
    assert visitor.status == 422
    assert visitor.sees("That account and password don’t match.")
    later(HOUR)
    assert leads_to(visitor.logs_in("li.na", PASSWORD), "/login/code")


def test_sixty_passwords_from_one_address_are_enough_for_five_minutes(
    visitor: Visitor, another_visitor: MakeVisitor, li_na: None, later: Later,
) -> None:
    visitor.opens("/login")
    for number in range(60):
        assert visitor.posts("/login", identifier=f"nobody-{number}", password=WRONG).status == 422
    visitor.posts("/login", identifier="li.na", password=PASSWORD)
    assert refused(visitor, "Too many tries", within=(1, 301))
    assert leads_to(another_visitor(address="192.0.2.1").logs_in("li.na", PASSWORD), "/login/code")
    later(301)
    assert leads_to(visitor.logs_in("li.na", PASSWORD), "/login/code")


def test_all_addresses_of_one_ipv6_network_count_as_one(another_visitor: MakeVisitor, li_na: None) -> None:
    for number in range(60):
        stranger = another_visitor(address=f"2001:db8:0:1::{number:x}").opens("/login")
        assert stranger.posts("/login", identifier=f"nobody-{number}", password=WRONG).status == 422
    neighbour = another_visitor(address="2001:db8:0:1:ffff::1").logs_in("li.na", PASSWORD)
    assert refused(neighbour, "Too many tries", within=(1, 301))
    assert leads_to(another_visitor(address="2001:db8:0:2::1").logs_in("li.na", PASSWORD), "/login/code")


@pytest.mark.parametrize("header", ["X-Forwarded-For", "X-Real-IP", "Forwarded", "CF-Connecting-IP", "True-Client-IP"])
@pytest.mark.settings(PORTAL_LIMIT_PASSWORD_PER_ADDRESS="3")
def test_a_header_that_claims_another_address_changes_nothing(visitor: Visitor, li_na: None, header: str) -> None:
    for number in range(3):
        visitor.about = [*visitor.about[:3], (header, f"192.0.2.{number}")]
        tries(visitor, f"nobody-{number}", 1)
    visitor.about = [*visitor.about[:3], (header, "192.0.2.99")]
    assert refused(visitor.logs_in("li.na", PASSWORD), "Too many tries", within=(1, 301))


@pytest.mark.settings(PORTAL_LIMIT_REQUESTS_PER_ADDRESS="5")
def test_other_forms_have_a_limit_of_their_own_and_keep_nobody_from_the_code(visitor: Visitor, li_na: None) -> None:
    visitor.logs_in("li.na", PASSWORD)
    code = visitor.reads_code(PHONE)
    page = visitor.page
    for _ in range(5):
        assert refused(resends(visitor), "You can send again in", within=(1, 30))
    assert refused(resends(visitor), "Too many tries", within=(1, 301))
    visitor.page = page
    assert is_home(visitor.fills(code=code).submits(), "li.na")


def resends(visitor: Visitor) -> Visitor:
    return visitor.posts("/login/code/resend")


def test_the_resend_pause_is_the_server_s_whatever_the_browser_does(
    visitor: Visitor, another_visitor: MakeVisitor, li_na: None, later: Later, both_databases: str,
) -> None:
    visitor.logs_in("li.na", PASSWORD)
    assert refused(resends(visitor), "You can send again in", within=(25, 30))
    second = another_visitor(address="192.0.2.1")
    second.cookies = dict(visitor.cookies)
    later(10)
    for browser in (visitor.opens("/login/code"), second.opens("/login/code")):
        assert refused(resends(browser), "You can send again in", within=(15, 20))
    later(20)
    assert resends(visitor).status == 200
    assert refused(resends(second), "You can send again in", within=(25, 30))
    assert len(visitor.text_messages(PHONE)) == 2


def test_the_first_text_of_a_new_sign_in_waits_for_no_pause_three_times_an_hour(
    another_visitor: MakeVisitor, li_na: None, later: Later,
) -> None:
    assert all(sent(another_visitor().logs_in("li.na", PASSWORD)) for _ in range(3))
    assert sent(another_visitor().logs_in("li.na", PASSWORD)) is False
    later(31)
    assert sent(another_visitor().logs_in("li.na", PASSWORD))


@pytest.mark.settings(PORTAL_LIMIT_TEXTS_PER_NUMBER_HOUR="100", PORTAL_LIMIT_TEXTS_PER_USER="100",
                      PORTAL_LIMIT_TEXTS_PER_NUMBER_DAY="100", PORTAL_SIGN_IN_LIFETIME="1800")
def test_one_sign_in_sends_five_texts(visitor: Visitor, li_na: None, later: Later) -> None:
    visitor.logs_in("li.na", PASSWORD)
    for _ in range(4):
        later(31)
        assert resends(visitor).status == 200
    later(31)
    resends(visitor)
    assert visitor.status == 422
    assert visitor.sees("No more text messages in this login. Cancel it and log in again.")
    assert len(visitor.text_messages(PHONE)) == 5


def asks_for(another_visitor: MakeVisitor, later: Later, times: int, address: str = "192.0.2.{}") -> list[bool]:
    """One sign-in after the other, each from elsewhere: which got a text?"""
    got = []
    for number in range(times):
        got.append(sent(another_visitor(address=address.format(number)).logs_in("li.na", PASSWORD)))
        later(31)
    return got


def test_a_number_gets_six_texts_an_hour_whoever_asks_from_wherever(
    another_visitor: MakeVisitor, li_na: None, later: Later, both_databases: str,
) -> None:
    assert asks_for(another_visitor, later, 7) == [True] * 6 + [False]
    visitor = another_visitor(address="198.51.100.1").logs_in("li.na", PASSWORD)
    assert visitor.sees("Too many text messages. Nothing was sent. You can send again in")
    assert refused(resends(visitor), "Too many text messages.", within=(HOUR - 300, HOUR))
    later(HOUR)
    assert asks_for(another_visitor, later, 1) == [True]


@pytest.mark.settings(PORTAL_LIMIT_TEXTS_PER_USER="100")
def test_a_number_gets_ten_texts_a_day(another_visitor: MakeVisitor, li_na: None, later: Later) -> None:
    assert asks_for(another_visitor, later, 6) == [True] * 6
    later(HOUR)
    assert asks_for(another_visitor, later, 5) == [True] * 4 + [False]
    later(HOUR)
    assert asks_for(another_visitor, later, 1) == [False]
    later(DAY)
    assert asks_for(another_visitor, later, 1) == [True]


@pytest.mark.settings(PORTAL_LIMIT_TEXTS_PER_USER="2")
def test_a_user_gets_so_many_texts_a_day(another_visitor: MakeVisitor, li_na: None, later: Later) -> None:
    assert asks_for(another_visitor, later, 3) == [True, True, False]
    later(DAY)
    assert asks_for(another_visitor, later, 1) == [True]


@pytest.fixture
def crowd(make_user: MakeUser) -> list[str]:
    """People with phones in one country, and one in another."""
    for number in range(5):
        make_user(username=f"user{number}", phone=f"+49151123456{number}0")
    make_user(username="abroad", phone="+436641234567")
    return [f"user{number}" for number in range(5)]


@pytest.mark.settings(PORTAL_LIMIT_TEXTS_PER_ADDRESS="2")
def test_an_address_causes_so_many_texts_an_hour(another_visitor: MakeVisitor, crowd: list[str], later: Later) -> None:
    got = [sent(another_visitor(address="192.0.2.1").logs_in(name, PASSWORD)) for name in crowd[:3]]
    assert got == [True, True, False]
    assert sent(another_visitor(address="192.0.2.2").logs_in(crowd[2], PASSWORD))
    later(HOUR)
    assert sent(another_visitor(address="192.0.2.1").logs_in(crowd[3], PASSWORD))


@pytest.mark.settings(PORTAL_LIMIT_TEXTS_PER_PREFIX="2")
def test_a_country_gets_so_many_texts_an_hour(another_visitor: MakeVisitor, crowd: list[str], later: Later) -> None:
    got = [sent(another_visitor(address=f"192.0.2.{n}").logs_in(name, PASSWORD)) for n, name in enumerate(crowd[:3])]
    assert got == [True, True, False]
    assert sent(another_visitor().logs_in("abroad", PASSWORD))
    later(HOUR)
    assert sent(another_visitor().logs_in(crowd[3], PASSWORD))


@pytest.mark.settings(PORTAL_LIMIT_TEXTS_IN_ALL="2")
def test_the_whole_portal_sends_so_many_texts_an_hour(another_visitor: MakeVisitor, crowd: list[str], later: Later) -> None:
    assert [sent(another_visitor().logs_in(name, PASSWORD)) for name in (*crowd[:2], "abroad")] == [True, True, False]
    later(HOUR)
    assert sent(another_visitor().logs_in("abroad", PASSWORD))


@pytest.mark.settings(PORTAL_LIMIT_TEXTS_PER_ADDRESS="1", PORTAL_LIMIT_TEXTS_PER_PREFIX="1", PORTAL_LIMIT_TEXTS_IN_ALL="1")
def test_a_verified_code_gives_its_text_back(
    another_visitor: MakeVisitor, crowd: list[str], both_databases: str,
) -> None:
    for number in range(3):
        assert is_home(comes_in(another_visitor(), crowd[number], f"+49151123456{number}0"), crowd[number])
    assert sent(another_visitor().logs_in(crowd[3], PASSWORD))
    assert not sent(another_visitor().logs_in(crowd[4], PASSWORD))


def test_a_verified_code_gives_nothing_back_to_its_number(another_visitor: MakeVisitor, li_na: None, later: Later) -> None:
    for _ in range(6):
        comes_in(another_visitor(), "li.na", PHONE)
        later(31)
    assert not sent(another_visitor().logs_in("li.na", PASSWORD))


def binds(visitor: Visitor, number: str) -> Visitor:
    return visitor.fills(country="DE", phone=number).submits()


def test_binding_gets_three_texts_a_day_and_spends_nothing_of_the_owner_s(
    another_visitor: MakeVisitor, li_na: None, make_user: MakeUser, later: Later, both_databases: str,
) -> None:
    for number in range(4):
        make_user(username=f"thief{number}")
    for number in range(3):
        thief = another_visitor(address=f"192.0.2.{number}").logs_in(f"thief{number}", PASSWORD)
        assert leads_to(binds(thief, PHONE), "/login/code")
        later(31)
    fourth = binds(another_visitor(address="192.0.2.3").logs_in("thief3", PASSWORD), PHONE)
    assert refused(fourth, "Too many text messages.", within=(DAY - 300, DAY))
    assert dict(fourth.form("phone").values())["phone"] == PHONE
    assert asks_for(another_visitor, later, 6, address="198.51.100.{}") == [True] * 6


@pytest.mark.settings(PORTAL_LIMIT_NUMBERS_PER_SIGN_IN="1")
def test_a_sign_in_names_so_many_numbers(visitor: Visitor, make_user: MakeUser) -> None:
    make_user(username="new")
    binds(visitor.logs_in("new", PASSWORD), OTHER_PHONE).clicks("Change the number")
    binds(visitor, THIRD_PHONE)
    assert visitor.status == 422
    assert visitor.sees("That is one number too many for this login.")
    assert visitor.text_messages(THIRD_PHONE) == []


@pytest.mark.settings(PORTAL_LIMIT_TEXTS_IN_ALL="0")
def test_a_limit_of_none_sends_nothing(app: Flask, visitor: Visitor, li_na: None) -> None:
    assert visitor.logs_in("li.na", PASSWORD).sees("Too many text messages. Nothing was sent. You can send again in 60 minutes.")
    visitor.posts("/login/code/resend")
    assert refused(visitor, "Too many text messages. Nothing was sent.", within=(HOUR, HOUR))
    assert rows(app, "SELECT id FROM message") == []


def test_every_refusal_is_in_the_audit_log(app: Flask, visitor: Visitor, another_visitor: MakeVisitor, li_na: None) -> None:
    resends(visitor.logs_in("li.na", PASSWORD))
    tries(another_visitor(), "li.na", 6)
    told = events(app)
    assert ("code not sent", "too_soon") in told
    assert told.count(("first factor refused", "refused")) == 5
    assert told.count(("first factor refused", "too many tries")) == 1
