"""What does toll fraud get out of the portal? New numbers whose codes do not come back soon get no more texts; proven ones do."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import text

from portal import clock, trace
from portal.audit import What
from portal.audit.changes import Overtaken
from portal.database import writing
from portal.messages import alarms
from portal.messages.guard import by_hand, house, ledger, upkeep
from portal.messages.guard.rules import Kind
from portal.models import AlarmKind
from portal.trace import Actor
from tests import people
from tests.conftest import PASSWORD
from tests.people import PHONE, Later, MakeUser, MakeVisitor, comes_in, events, is_home, leads_to, retry_after, rows
from tests.visitor import Visitor

later = people.later
BOSS = Actor("boss")
QUARTER, HOUR, DAY = 900, 3_600, 86_400
NOT_NOW = "We can’t send text messages to new numbers of that country at the moment."
Tries = Callable[..., Visitor]
_serial = itertools.count(1)


@pytest.fixture(autouse=True)
def at_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Today begins at noon, so that no test runs into midnight, when the ceilings of a day begin anew."""
    began, noon = clock.now(), (clock.now() // DAY) * DAY + DAY / 2
    real = clock.source
    monkeypatch.setattr(clock, "source", lambda: real() - began + noon)


@pytest.fixture
def tries(at_noon: None, make_user: MakeUser, another_visitor: MakeVisitor) -> Tries:
    """Somebody new with an account of their own, at an address of their own, asks for a code to a new number of that country."""

    def names(country: str = "GB") -> Visitor:
        at = next(_serial)
        make_user(username=f"new{at}")
        visitor = another_visitor(address=f"198.51.{at // 250}.{at % 250 + 1}").logs_in(f"new{at}", PASSWORD)
        return visitor.fills(country=country, phone=number(country, at)).submits()

    return names


def number(country: str, at: int) -> str:
    return {"GB": f"+447400{at:06d}", "FR": f"+33612{at:06d}", "DE": f"+4915112{at:06d}"}[country]


def got_one(visitor: Visitor) -> bool:
    """Whether a text went out; fails if the page does not say that none did, and why."""
    if visitor.path.startswith("/login/code"):
        return True
    assert visitor.status == 429, visitor.status
    return not visitor.sees(NOT_NOW)


def comes_back(visitor: Visitor) -> Visitor:
    """The code is read and typed: the number is its holder's."""
    form = visitor.page.by_id("state")
    assert form is not None
    to = newest(visitor)
    return visitor.enters_code(to)


def newest(visitor: Visitor) -> str:
    return str(visitor.text_messages("")[0]["to"])


def sets(app: Flask, **rules: object) -> None:
    with app.app_context():
        now = upkeep.saved()
        assert upkeep.change(
            replace(now.rules, **rules),  # type: ignore[arg-type]
            trace.COMMAND, version=now.version, reason="a test", actor=BOSS) is True


def rings(app: Flask, kind: AlarmKind, subject: str) -> bool:
    with app.app_context():
        return alarms.still(kind, subject)


def test_ten_texts_without_a_code_that_comes_back_close_a_country_to_new_numbers(
    app: Flask, tries: Tries, both_databases: str,
) -> None:
    assert [got_one(tries()) for _ in range(12)] == [True] * 10 + [False] * 2
    assert got_one(tries("FR"))
    assert events(app, event=What.PREFIX_CLOSED) == [(What.PREFIX_CLOSED, "breaker")]
    assert events(app, event=What.CODE_NOT_SENT, outcome="prefix_closed") == [(What.CODE_NOT_SENT, "prefix_closed")] * 2
    assert rings(app, AlarmKind.PREFIX, "44")
    assert not rings(app, AlarmKind.PREFIX, "33")


def test_a_proven_number_gets_its_texts_whatever_is_closed(
    tries: Tries, make_user: MakeUser, another_visitor: MakeVisitor,
) -> None:
    make_user(username="li.na", phone="+447400999999")
    assert [got_one(tries()) for _ in range(11)][-1] is False
    assert is_home(comes_in(another_visitor(), "li.na", "+447400999999"), "li.na")


def test_a_number_that_an_administrator_typed_is_new_until_its_first_code(
    tries: Tries, make_user: MakeUser, another_visitor: MakeVisitor,
) -> None:
    make_user(username="li.na", phone="+447400999999", proven=False)
    assert [got_one(tries()) for _ in range(11)][-1] is False
    assert another_visitor().logs_in("li.na", PASSWORD).sees(NOT_NOW)


def test_the_refusal_says_when_to_come_back_in_quarters_of_an_hour(tries: Tries, later: Later) -> None:
    for _ in range(11):
        refused = tries()
    assert retry_after(refused) == QUARTER
    later(100)
    assert retry_after(tries()) == QUARTER


def test_each_closing_lasts_twice_as_long_and_then_two_texts_try(
    app: Flask, tries: Tries, later: Later, both_databases: str,
) -> None:
    assert [got_one(tries()) for _ in range(11)][-1] is False
    for minutes in (15, 30, 60):
        later(minutes * 60 - 60)
        assert not got_one(tries())
        later(61)
        assert [got_one(tries()) for _ in range(3)] == [True, True, False]
    closed = rows(app, "SELECT closed_until, closed_at, closings FROM closed_prefix")[0]
    assert closed.closings == 4
    assert closed.closed_until - closed.closed_at == pytest.approx(120 * 60)


def test_no_closing_lasts_longer_than_a_day(app: Flask, tries: Tries, later: Later) -> None:
    [tries() for _ in range(11)]
    for closings in range(1, 10):
        later(min(QUARTER * 2 ** (closings - 1), DAY) + 1)
        [tries() for _ in range(3)]
    closed = rows(app, "SELECT closed_until, closed_at, closings FROM closed_prefix")[0]
    assert (closed.closings, closed.closed_until - closed.closed_at) == (10, pytest.approx(DAY))


def test_a_code_that_comes_back_opens_the_country_again(app: Flask, tries: Tries, later: Later, both_databases: str) -> None:
    [tries() for _ in range(11)]
    later(QUARTER + 1)
    assert is_home(comes_back(tries()), f"new{next(_serial) - 1}")
    assert rows(app, "SELECT prefix FROM closed_prefix") == []
    assert events(app, event=What.PREFIX_OPENED) == [(What.PREFIX_OPENED, "code came back")]
    assert not rings(app, AlarmKind.PREFIX, "44")
    # It pays for three more, no less and not for many.
    assert [got_one(tries()) for _ in range(6)].count(True) in (3, 4)


def test_a_crowd_that_comes_at_once_opens_what_it_closed_with_its_first_code(tries: Tries) -> None:
    crowd = [tries() for _ in range(12)]
    assert not got_one(crowd[-1])
    first = crowd[0]
    first.fills(code=first.reads_code(str(first.text_messages("")[-1]["to"]))).submits()
    assert leads_to(first, "/")
    assert got_one(tries())


def test_a_country_where_three_of_ten_codes_come_back_stays_open(tries: Tries) -> None:
    for _ in range(6):
        for honest in (True, False, False):
            visitor = tries()
            assert got_one(visitor)
            if honest:
                comes_back(visitor)


def test_a_closing_long_past_is_forgotten_and_its_alarm_with_it(app: Flask, tries: Tries, later: Later) -> None:
    [tries() for _ in range(11)]
    later(QUARTER + DAY + 1)
    with app.app_context():
        house.turn()
    assert rows(app, "SELECT prefix FROM closed_prefix") == []
    assert not rings(app, AlarmKind.PREFIX, "44")
    assert [got_one(tries()) for _ in range(11)] == [True] * 10 + [False]


def test_without_the_breaker_no_country_is_closed(app: Flask, tries: Tries) -> None:
    sets(app, breaker=False)
    assert all(got_one(tries()) for _ in range(12))


def test_a_breaker_that_is_switched_off_opens_what_it_closed_and_nothing_else(app: Flask, tries: Tries) -> None:
    [tries() for _ in range(11)]
    with app.app_context():
        by_hand.close("+33", trace.COMMAND, seconds=HOUR, reason="fraud in the news", actor=BOSS)
    sets(app, breaker=False)
    assert got_one(tries())
    assert not got_one(tries("FR"))
    assert not rings(app, AlarmKind.PREFIX, "44")


def test_a_share_that_is_lowered_closes_nothing_by_itself(app: Flask, tries: Tries) -> None:
    sets(app, verified_share=90)
    assert all(got_one(tries()) for _ in range(9))
    sets(app, verified_share=10)
    assert got_one(tries())


def test_its_thresholds_can_be_set(app: Flask, tries: Tries) -> None:
    sets(app, unverified=3)
    assert [got_one(tries()) for _ in range(4)] == [True] * 3 + [False]


def test_what_a_person_closed_no_code_opens_and_time_does(app: Flask, tries: Tries, later: Later, both_databases: str) -> None:
    on_its_way = tries()
    with app.app_context():
        by_hand.close("+44", trace.COMMAND, seconds=2 * HOUR, reason="fraud in the news", actor=BOSS)
    assert not got_one(tries())
    comes_back(on_its_way)
    assert not got_one(tries())
    later(2 * HOUR + 1)
    assert all(got_one(tries()) for _ in range(3))
    assert events(app, event=What.PREFIX_CLOSED) == [(What.PREFIX_CLOSED, "by hand")]


def test_a_person_opens_what_the_breaker_closed_and_it_counts_anew(app: Flask, tries: Tries, both_databases: str) -> None:
    [tries() for _ in range(11)]
    with app.app_context():
        assert by_hand.reopen("+44", trace.COMMAND, reason="a fair in London", actor=BOSS)
        assert not by_hand.reopen("+44", trace.COMMAND, reason="once more", actor=BOSS)
    assert [got_one(tries()) for _ in range(11)] == [True] * 10 + [False]
    assert (What.PREFIX_OPENED, "by hand") in events(app)


def resends(visitor: Visitor) -> Visitor:
    return visitor.posts("/login/code/resend")


@pytest.mark.settings(PORTAL_LIMIT_BINDING_TEXTS_PER_NUMBER="10", PORTAL_SIGN_IN_LIFETIME="1800",
                      PORTAL_CODE_LIFETIME="600")
def test_each_further_text_to_a_new_number_waits_twice_as_long(tries: Tries, later: Later) -> None:
    visitor = tries()
    for pause in (30, 60, 120, 240):
        later(pause - 5)
        assert resends(visitor).status == 429
        assert retry_after(visitor) in range(1, 6)
        later(6)
        assert resends(visitor).status == 200, visitor.page.text


@pytest.mark.settings(PORTAL_LIMIT_BINDING_TEXTS_PER_NUMBER="10")
def test_the_growing_pause_can_be_switched_off(app: Flask, tries: Tries, later: Later) -> None:
    sets(app, growing=False)
    visitor = tries()
    for _ in range(4):
        later(31)
        assert resends(visitor).status == 200


@pytest.mark.settings(PORTAL_LIMIT_TEXTS_IN_ALL="6")
def test_new_numbers_may_use_half_of_what_the_portal_has(
    tries: Tries, make_user: MakeUser, another_visitor: MakeVisitor, both_databases: str,
) -> None:
    make_user(username="li.na", phone=PHONE)
    assert [leads_to(tries(), "/login/code") for _ in range(3)]
    fourth = tries()
    assert fourth.status == 429
    assert fourth.sees("Too many text messages. Nothing was sent.")
    assert is_home(comes_in(another_visitor(), "li.na", PHONE), "li.na")


@pytest.mark.settings(PORTAL_LIMIT_TEXTS_IN_ALL="4")
def test_a_code_that_comes_back_gives_its_text_back_to_new_numbers(tries: Tries) -> None:
    for _ in range(3):
        comes_back(tries())
    assert leads_to(tries(), "/login/code")


@pytest.mark.settings(PORTAL_LIMIT_TEXTS_IN_A_DAY="3")
def test_the_portal_sends_so_many_texts_a_day(
    app: Flask, make_user: MakeUser, another_visitor: MakeVisitor, later: Later, both_databases: str,
) -> None:
    for at in range(4):
        make_user(username=f"old{at}", phone=number("DE", at))
    for at in range(3):
        assert is_home(comes_in(another_visitor(), f"old{at}", number("DE", at)), f"old{at}")
    assert another_visitor().logs_in("old3", PASSWORD).sees("The portal sends no more text messages today.")
    assert rings(app, AlarmKind.CEILING, "today")
    later(DAY / 2 + 1)
    with app.app_context():
        house.turn()
    assert not rings(app, AlarmKind.CEILING, "today")
    assert is_home(comes_in(another_visitor(), "old3", number("DE", 3)), "old3")


def spends(app: Flask, millionths: int, currency: str = "EUR") -> None:
    with app.app_context(), writing() as connection:
        ledger.spent(connection, millionths, currency)


@pytest.fixture
def li_na(make_user: MakeUser) -> None:
    make_user(username="li.na", phone=PHONE)


@pytest.mark.usefixtures("li_na", "both_databases")
def test_no_more_texts_go_out_once_the_money_of_the_day_is_spent(
    app: Flask, another_visitor: MakeVisitor, later: Later, tries: Tries,
) -> None:
    sets(app, money=20_000, currency="EUR")
    spends(app, 990_000)
    spends(app, 5_000_000, "USD")
    assert leads_to(tries(), "/login/code")
    spends(app, 33_300)
    assert tries().sees("The portal sends no more text messages today.")
    visitor = another_visitor().logs_in("li.na", PASSWORD)
    assert is_home(visitor.enters_code(PHONE), "li.na")
    assert not rings(app, AlarmKind.CEILING, "money:EUR")
    spends(app, 1_000_000)
    assert rings(app, AlarmKind.CEILING, "money:EUR")
    assert another_visitor().logs_in("li.na", PASSWORD).sees("The portal sends no more text messages today.")
    sets(app, money=40_000)
    assert not rings(app, AlarmKind.CEILING, "money:EUR")
    assert is_home(comes_in(another_visitor(), "li.na", PHONE), "li.na")
    spends(app, 3_000_000)
    assert rings(app, AlarmKind.CEILING, "money:EUR")
    later(DAY / 2 + 1)
    assert leads_to(tries(), "/login/code")
    with app.app_context(), writing() as connection:
        assert not any(ledger.today(connection, ("EUR", "USD")).values())


def test_rules_narrow_the_countries_and_the_picker(app: Flask, tries: Tries, visitor: Visitor, make_user: MakeUser) -> None:
    sets(app, countries=("DE", "FR"))
    make_user(username="abroad")
    window = visitor.logs_in("abroad", PASSWORD)
    offered = {node.get("value") for node in window.page.root.all("option")}
    assert offered == {"DE", "FR"}
    refused = window.fills(phone="+447400123456").submits()
    assert refused.sees("We can’t send text messages to that country.")
    assert (What.CODE_NOT_SENT, "number_refused") in events(app)
    assert got_one(tries("FR"))


@pytest.mark.settings(PORTAL_COUNTRIES="DE,AT")
def test_no_rule_lets_texts_go_where_the_environment_forbids(app: Flask, visitor: Visitor, make_user: MakeUser) -> None:
    sets(app, countries=("GB", "DE"))
    make_user(username="abroad")
    assert visitor.logs_in("abroad", PASSWORD).fills(phone="+447400123456").submits().sees(
        "We can’t send text messages to that country.")


@pytest.mark.settings(PORTAL_COUNTRIES="AT")
def test_where_rules_and_environment_allow_no_country_in_common_nothing_is_sent(
    app: Flask, visitor: Visitor, another_visitor: MakeVisitor, make_user: MakeUser,
) -> None:
    sets(app, countries=("GB", "DE"))
    make_user(username="abroad")
    make_user(username="li.na", phone=PHONE)
    window = visitor.logs_in("abroad", PASSWORD)
    for phone in ("+447400123456", "+4915112345678", "+436641234567"):
        assert window.fills(phone=phone).submits().sees("We can’t send text messages to that country.")
    another_visitor().logs_in("li.na", PASSWORD)
    assert rows(app, "SELECT id FROM message") == []


def test_rules_say_which_kinds_of_numbers_get_texts(app: Flask, visitor: Visitor, make_user: MakeUser) -> None:
    make_user(username="new")
    landline, premium, voip = "+442071234567", "+449012345678", "+445612345678"
    window = visitor.logs_in("new", PASSWORD)
    for refused in (premium, voip):
        assert window.fills(phone=refused).submits().sees("That number can’t receive our text messages.")
    sets(app, kinds=frozenset({Kind.MOBILE}))
    assert window.fills(phone=landline).submits().sees("That number can’t receive our text messages.")
    sets(app, kinds=frozenset({Kind.MOBILE, Kind.VOIP}))
    assert window.fills(phone=premium).submits().sees("That number can’t receive our text messages.")
    assert leads_to(window.fills(phone=voip).submits(), "/login/code")


@pytest.mark.parametrize("table", ["closed_prefix", "allowance", "message_setting"])
def test_nothing_is_sent_where_the_guard_cannot_read(
    app: Flask, make_user: MakeUser, visitor: Visitor, table: str, later: Later,
) -> None:
    make_user(username="li.na", phone=PHONE)
    visitor.opens("/login")
    with app.app_context(), writing() as connection:
        connection.execute(text(f"ALTER TABLE {table} RENAME TO gone"))
    later(61)
    assert visitor.fills(identifier="li.na", password=PASSWORD).submits().status in (500, 503)
    assert rows(app, "SELECT id FROM message") == []


def test_changes_of_rules_are_written_down_with_reason_and_what_was_before(app: Flask) -> None:
    sets(app, unverified=20, countries=("DE",))
    entry = rows(app, "SELECT actor, detail FROM audit_entry WHERE event = :what", what=What.GUARD_CHANGED)[0]
    assert entry.actor == "boss"
    for part in ('"why": "a test"', '"unverified": {"before": 10, "after": 20}', '"countries": {"before": "", "after": "DE"}'):
        assert part in entry.detail


def test_of_two_who_change_the_rules_at_once_the_later_is_told(app: Flask) -> None:
    with app.app_context():
        seen = upkeep.saved()
        first, second = (replace(seen.rules, unverified=number_) for number_ in (20, 30))
        assert upkeep.change(first, trace.COMMAND, version=seen.version, reason="first", actor=BOSS) is True
        overtaken = upkeep.change(second, trace.COMMAND, version=seen.version, reason="second", actor=BOSS)
        assert isinstance(overtaken, Overtaken)
        assert overtaken.now.rules == first
        assert upkeep.change(first, trace.COMMAND, version=overtaken.now.version, reason="the same", actor=BOSS) is False
