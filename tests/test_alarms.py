"""Is the operator woken once for each trouble, told when it is over, and never by a storm?"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from portal import create_app
from portal.messages import alarms
from portal.messages.alarms import ANY, noticed
from portal.messages.alarms.watch import Watch
from portal.messages.receipts.signed import Refusal
from portal.messages.troubles import Troubles
from portal.models import AlarmKind
from tests.conftest import PASSWORD, _make_user, settings
from tests.gateway import Gateway
from tests.mail_server import MailServer
from tests.operators import Pager
from tests.people import PHONE, Later, MakeUser, comes_in, command, later, rows
from tests.processes import until
from tests.town import town_of
from tests.transports import InProcess
from tests.visitor import Visitor

HOUR = 3_600
MakeApp = Callable[..., Flask]
__all__ = ["later"]


@pytest.fixture
def pager() -> Iterator[Pager]:
    with Pager() as running:
        yield running


@pytest.fixture
def make_app(database_url: str) -> MakeApp:
    return lambda **environment: create_app(settings(DATABASE_URL=database_url, **environment))


@pytest.fixture(autouse=True)
def nothing_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """What other tests' gateways have met in this process rings in none of these."""
    monkeypatch.setattr(noticed, "_bad", {})
    monkeypatch.setattr(noticed, "_well", set())
    monkeypatch.setattr(noticed, "_doubts", {})


@pytest.fixture
def paged(make_app: MakeApp, pager: Pager) -> Flask:
    """A portal whose operator has a pager."""
    return make_app(PORTAL_ALARM_WEBHOOK=pager.url)


class Keeper:
    """Who keeps house, as one sender does."""

    def __init__(self, app: Flask) -> None:
        self.app, self.watch = app, Watch(app, Troubles())

    def looks(self) -> None:
        with self.app.app_context():
            self.watch.turn()

    def meets(self, subject: str = "vonage", detail: str = "credentials", kind: AlarmKind = AlarmKind.GATEWAY) -> None:
        with self.app.app_context():
            alarms.ring(None, kind, subject, detail)

    def ends(self, subject: str = "vonage", kind: AlarmKind = AlarmKind.GATEWAY) -> None:
        with self.app.app_context():
            alarms.end(None, kind, subject)


@pytest.fixture
def keeper(paged: Flask) -> Keeper:
    return Keeper(paged)


def kept(app: Flask) -> list[Any]:
    return rows(app, "SELECT * FROM alarm ORDER BY id")


@pytest.mark.usefixtures("both_databases")
def test_what_rings_many_times_is_one_alarm(paged: Flask, later: Later) -> None:
    keeper = Keeper(paged)
    for _ in range(5):
        keeper.meets(ANY)
        later(60)
    with paged.app_context():
        assert alarms.still(AlarmKind.GATEWAY, ANY)
        assert not alarms.still(AlarmKind.GATEWAY, "other")
    [alarm] = kept(paged)
    assert alarm.seen_at - alarm.raised_at >= 4 * 60


@pytest.mark.usefixtures("both_databases")
def test_processes_that_ring_at_once_raise_one_alarm(make_app: MakeApp) -> None:
    apps = [make_app() for _ in range(6)]
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda app: Keeper(app).meets(ANY), apps))
    assert len(kept(apps[0])) == 1


@pytest.mark.usefixtures("both_databases")
def test_the_operator_is_told_once_again_after_hours_and_when_it_is_over(keeper: Keeper, pager: Pager, later: Later) -> None:
    keeper.meets(ANY)
    for _ in range(3):
        keeper.looks()
        later(60)
    assert pager.states() == [["ringing"]]
    keeper.meets(ANY)
    later(5 * HOUR)
    keeper.looks()
    assert len(pager.heard) == 1
    later(HOUR)
    keeper.looks()
    assert pager.states()[1:] == [["still ringing"]]
    keeper.ends(ANY)
    later(60)
    keeper.looks()
    keeper.looks()
    assert pager.states()[2:] == [["over"]]


def test_what_is_told_says_what_is_wrong_and_what_helps(keeper: Keeper, pager: Pager) -> None:
    keeper.meets(ANY, "no gateway")
    keeper.looks()
    [told] = pager.heard
    [alarm] = told["alarms"]
    assert (alarm["kind"], alarm["subject"], alarm["detail"], alarm["ended_at"]) == ("gateway", ANY, "no gateway", None)
    assert "/admin/settings/texts/alarms" in told["text"]
    assert "send a test message" in told["text"]
    assert "Nobody was hit" in told["text"]
    assert "portal user bypass" in told["text"]


def became(app: Flask, reason: str) -> None:
    """Make all messages failed ones."""
    from portal.database import writing

    with app.app_context(), writing() as connection:
        connection.execute(text("UPDATE message SET state = 'failed', gateway = 'vonage', reason = :reason"), {"reason": reason})


@pytest.mark.usefixtures("both_databases")
def test_what_is_told_says_how_many_people_it_hits_and_for_how_long(keeper: Keeper, pager: Pager, later: Later) -> None:
    _make_user(keeper.app, username="li.na", phone=PHONE)
    for _each in range(2):
        Visitor(InProcess(keeper.app)).logs_in("li.na", PASSWORD)
    became(keeper.app, "credentials")
    keeper.meets(ANY)
    keeper.looks()
    assert "it does not know our credentials" in pager.heard[0]["text"]
    assert "People hit: 1 (messages lost or in doubt: 2, waiting: 0)" in pager.heard[0]["text"]
    assert pager.heard[0]["alarms"][0]["harm"] == {"people": 1, "lost": 2, "waiting": 0, "left": 0}
    later(600)
    keeper.ends(ANY)
    keeper.looks()
    assert "after 10 min" in pager.heard[1]["text"]
    assert "People hit: 1" in pager.heard[1]["text"]


@pytest.mark.usefixtures("both_databases")
def test_who_was_hit_by_a_number_s_own_fault_was_not_hit_by_the_alarm(keeper: Keeper, pager: Pager) -> None:
    _make_user(keeper.app, username="li.na", phone=PHONE)
    Visitor(InProcess(keeper.app)).logs_in("li.na", PASSWORD)
    became(keeper.app, "number")
    keeper.meets(ANY)
    keeper.looks()
    assert pager.heard[0]["alarms"][0]["harm"]["people"] == 0


def test_what_is_not_heard_is_told_again_with_growing_pauses_and_not_for_ever(keeper: Keeper, pager: Pager, later: Later) -> None:
    pager.status = 500
    keeper.meets(ANY)
    for _ in range(120):
        keeper.looks()
        later(30)
    assert len(pager.heard) == 6
    pager.status = 200
    later(6 * HOUR)
    keeper.looks()
    assert len(pager.heard) == 7


def test_a_storm_of_troubles_is_a_few_calls(keeper: Keeper, pager: Pager, later: Later) -> None:
    for at in range(600):
        keeper.meets(f"+{at}", "closed", AlarmKind.PREFIX)
        if at % 3 == 0:
            keeper.looks()
            later(5)
    assert 2 <= len(pager.heard) <= 25
    assert all(len(told["alarms"]) <= 20 for told in pager.heard)


def test_what_keeps_people_outside_is_told_amid_any_storm_of_what_strangers_raise(
    keeper: Keeper, pager: Pager, later: Later,
) -> None:
    """Who pumps texts into one country after the other must not buy silence for the ceiling that they reach with it."""
    for at in range(120):
        keeper.meets(f"+{at}", "closed", AlarmKind.PREFIX)
        keeper.looks()
        later(10)
    for at in range(60):
        keeper.meets(f"+9{at}", "closed", AlarmKind.PREFIX)
    before = len(pager.heard)
    keeper.meets("today", "10000 messages", AlarmKind.CEILING)
    keeper.looks()
    assert pager.heard[-1]["alarms"][0]["kind"] == "ceiling"
    assert (before, len(pager.heard)) == (14, 15)


def test_a_redirect_is_not_followed_and_counts_as_not_heard(keeper: Keeper, pager: Pager) -> None:
    with Pager() as other:
        pager.status, pager.location = 307, other.url
        keeper.meets(ANY)
        keeper.looks()
        assert (len(pager.heard), other.heard) == (1, [])
    assert kept(keeper.app)[0].told_at is None


def test_a_pager_that_hangs_is_left_after_seconds(keeper: Keeper, pager: Pager) -> None:
    pager.seconds = 8
    keeper.meets(ANY)
    began = time.monotonic()
    keeper.looks()
    assert time.monotonic() - began < 6.5
    assert kept(keeper.app)[0].tries == 1


def test_no_key_of_the_webhook_is_in_the_log(keeper: Keeper, pager: Pager, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    pager.status = 500
    keeper.meets(ANY)
    keeper.looks()
    assert "not told: answer 500" in caplog.text
    assert "secret-of-the-pager" not in caplog.text


def test_each_operator_gets_a_mail_and_one_that_fails_keeps_no_other_from_it(make_app: MakeApp, pager: Pager) -> None:
    pager.status = 500
    with MailServer() as server:
        keeper = Keeper(make_app(**server.settings(PORTAL_ALARM_MAIL="anna@example.com,bo@example.com",
                                                   PORTAL_ALARM_WEBHOOK=pager.url)))
        keeper.meets(ANY, "credentials")
        keeper.looks()
        keeper.looks()
    assert [taken.to for taken in server.taken] == ["anna@example.com", "bo@example.com"]
    assert "RINGING" in server.taken[0].text
    assert "credentials" in server.taken[0].text


def test_without_a_way_to_tell_the_log_alone_says_it(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    keeper = Keeper(app)
    keeper.meets(ANY)
    keeper.looks()
    assert "operator: alarm gateway *: credentials" in caplog.text
    assert kept(keeper.app)[0].told_at is not None


def test_two_senders_tell_once(paged: Flask, make_app: MakeApp, pager: Pager) -> None:
    Keeper(paged).meets(ANY)
    first, second = Keeper(paged), Keeper(paged)
    first.looks()
    second.looks()
    assert len(pager.heard) == 1


@pytest.mark.usefixtures("both_databases")
def test_messages_that_wait_for_too_long_ring_until_they_left(keeper: Keeper, later: Later, pager: Pager) -> None:
    app = keeper.app
    _make_user(app, username="li.na", phone=PHONE)
    Visitor(InProcess(app)).logs_in("li.na", PASSWORD)
    rows_of(app, "INSERT INTO message (purpose, phone, locale, application, state, attempts, created_at, not_after, again_at) "
                 "SELECT 'test', phone, locale, application, state, 0, created_at - 600, not_after, again_at FROM message")
    later(59)
    keeper.looks()
    assert pager.heard == []
    later(3)
    keeper.looks()
    assert pager.heard[0]["alarms"][0]["kind"] == "queue"
    rows_of(app, "UPDATE message SET state = 'sent'")
    later(30)
    keeper.looks()
    assert pager.states() == [["ringing"], ["over"]]


def rows_of(app: Flask, statement: str) -> None:
    from sqlalchemy import text

    from portal.database import writing

    with app.app_context(), writing() as connection:
        connection.execute(text(statement))


def test_the_alarm_of_a_gateway_that_is_gone_is_over(keeper: Keeper, pager: Pager) -> None:
    keeper.meets("removed-since")
    keeper.looks()
    assert kept(keeper.app)[0].ended_at is not None


def test_what_fails_every_other_time_rings_on(keeper: Keeper, later: Later) -> None:
    with keeper.app.app_context():
        for _ in range(10):
            noticed.bad(AlarmKind.GATEWAY, ANY, "credentials")
            noticed.ring()
            later(11)
            noticed.well(AlarmKind.GATEWAY, ANY)
            noticed.ring()
        assert len(kept(keeper.app)) == 1
        assert alarms.still(AlarmKind.GATEWAY, ANY)
        later(60)
        noticed.well(AlarmKind.GATEWAY, ANY)
        noticed.ring()
        assert not alarms.still(AlarmKind.GATEWAY, ANY)


@contextmanager
def nothing_to_write_in(app: Flask) -> Iterator[None]:
    """As if the database were gone, for whoever rings."""
    rows_of(app, "ALTER TABLE alarm RENAME TO gone")
    with app.app_context(), pytest.raises(DBAPIError):
        yield
    rows_of(app, "ALTER TABLE gone RENAME TO alarm")


@pytest.mark.usefixtures("both_databases")
def test_what_was_met_while_the_database_was_gone_rings_when_it_is_back(keeper: Keeper) -> None:
    noticed.bad(AlarmKind.GATEWAY, "first", "credentials")
    noticed.bad(AlarmKind.GATEWAY, "second", "credentials")
    with nothing_to_write_in(keeper.app):
        noticed.ring()
    noticed.bad(AlarmKind.GATEWAY, "second", "credit")
    with keeper.app.app_context():
        noticed.ring()
    assert {alarm.subject: alarm.detail for alarm in kept(keeper.app)} == {"first": "credentials", "second": "credit"}


@pytest.mark.usefixtures("both_databases")
def test_what_went_well_while_the_database_was_gone_is_over_when_it_is_back(keeper: Keeper, later: Later) -> None:
    keeper.meets(ANY)
    later(60)
    noticed.well(AlarmKind.GATEWAY, ANY)
    with nothing_to_write_in(keeper.app):
        noticed.ring()
    with keeper.app.app_context():
        noticed.ring()
    assert kept(keeper.app)[0].ended_at is not None


def test_a_trouble_that_is_rolled_back_did_not_ring(paged: Flask, caplog: pytest.LogCaptureFixture) -> None:
    from portal.database import writing

    with paged.app_context(), pytest.raises(ZeroDivisionError):
        _rings_and_fails(writing)
    assert kept(paged) == []
    assert "alarm" not in caplog.text


def _rings_and_fails(writing: Any) -> None:
    with writing() as connection:
        alarms.ring(connection, AlarmKind.HOOKS, "vonage", "signature")
        raise ZeroDivisionError


def test_a_broken_gateway_pages_the_operator_and_its_recovery_too(pager: Pager) -> None:
    with Gateway() as gateway, town_of(**gateway.settings(), PORTAL_ALARM_WEBHOOK=pager.url) as town:
        gateway.mood.mode = "401"
        town.at_code_page(town.person()[0])
        until(lambda: pager.heard, what="the pager")
        assert pager.heard[0]["alarms"][0]["subject"] == "vonage"
        gateway.mood.mode = "ok"
        until(lambda: _over(town, pager), seconds=60, what="the end of the alarm")


def test_a_gateway_that_has_fallen_silent_pages_the_operator(pager: Pager) -> None:
    with Gateway() as gateway, town_of(**gateway.settings(), PORTAL_ALARM_WEBHOOK=pager.url) as town:
        gateway.answers("ok", seconds=3)
        for _each in range(3):
            town.at_code_page(town.person()[0])
        until(lambda: pager.heard, what="the pager")
        assert (pager.heard[0]["alarms"][0]["subject"], pager.heard[0]["alarms"][0]["kind"]) == ("vonage", "gateway")


def test_a_test_of_a_gateway_wakes_nobody_whatever_it_answers(make_app: MakeApp, pager: Pager) -> None:
    with Gateway() as gateway:
        app = make_app(PORTAL_ALARM_WEBHOOK=pager.url, **gateway.settings())
        _make_user(app, username="boss", phone=PHONE, administrator=True)
        boss = comes_in_by(gateway, Visitor(InProcess(app)))
        for mode in ("401", "402", "garbage", "429", "500"):
            gateway.answers(mode)
            boss.opens("/admin/settings/texts/gateways/0/test").fills(phone="+4915112345670").submits("Send").transport.settle()
        Keeper(app).looks()
    assert kept(app) == []


def comes_in_by(gateway: Gateway, visitor: Visitor) -> Visitor:
    """Somebody whose code a gateway has taken comes in."""
    visitor.logs_in("boss", PASSWORD).transport.settle()
    return visitor.fills(code=gateway.texts(PHONE)[-1].rpartition("#")[2]).submits("Verify and log in")


def test_silence_that_passes_by_itself_wakes_nobody(keeper: Keeper) -> None:
    for _each in range(3):
        for _silent in range(2):
            noticed.doubtful(AlarmKind.GATEWAY, "vonage", "time-out")
        noticed.well(AlarmKind.GATEWAY, "vonage")
    keeper.looks()
    assert kept(keeper.app) == []


def _over(town: Any, pager: Pager) -> bool:
    town.at_code_page(town.person()[0])
    time.sleep(1)
    return any(state == "over" for told in pager.states() for state in told)


def test_the_page_of_a_person_says_nothing_of_alarms(visitor: Visitor, make_user: MakeUser, app: Flask) -> None:
    Keeper(app).meets(ANY)
    make_user(username="li.na", phone=PHONE)
    visitor.logs_in("li.na", PASSWORD)
    assert "alarm" not in visitor.page.text.lower()


PATH = "/admin/settings/texts/alarms"


@pytest.fixture
def boss(keeper: Keeper) -> Visitor:
    """An administrator of the portal with a pager, at its page of alarms."""
    _make_user(keeper.app, username="boss", phone=PHONE, administrator=True)
    return comes_in(Visitor(InProcess(keeper.app)), "boss", PHONE).opens(PATH)


@pytest.mark.usefixtures("both_databases")
def test_the_page_shows_what_rings_what_helps_and_what_is_over(keeper: Keeper, boss: Visitor, later: Later) -> None:
    assert boss.sees("Nothing rings", "None yet")
    keeper.meets("44", "Codes do not come back", AlarmKind.PREFIX)
    boss.opens(PATH)
    assert boss.sees("No codes go to new numbers in +44", "Codes that went there did not come back", "Not told yet", "Protection")
    keeper.looks()
    boss.opens(PATH)
    assert boss.sees("Told on")
    keeper.ends("44", AlarmKind.PREFIX)
    boss.opens(PATH)
    assert boss.sees("Nothing rings", "No codes go to new numbers in +44")
    assert boss.does_not_see("None yet")


def test_past_alarms_are_shown_ten_at_a_time_for_each_costs_a_look_at_its_messages(keeper: Keeper, boss: Visitor) -> None:
    for prefix in range(210, 222):
        keeper.meets(str(prefix), "Codes do not come back", AlarmKind.PREFIX)
        keeper.ends(str(prefix), AlarmKind.PREFIX)
    boss.opens(PATH)
    assert boss.sees("numbers in +221", "numbers in +212")
    assert boss.does_not_see("numbers in +211")
    assert boss.clicks("Next").sees("numbers in +211", "numbers in +210")


def test_the_page_says_in_words_why_webhooks_are_refused(keeper: Keeper, boss: Visitor) -> None:
    keeper.meets("Vonage", Refusal.NO_SECRET.value, AlarmKind.HOOKS)
    boss.opens(PATH)
    assert boss.sees("Webhooks of Vonage are refused", "No signature secret is known.")


def test_the_page_says_where_nobody_could_be_told(keeper: Keeper, boss: Visitor, pager: Pager, later: Later) -> None:
    pager.status = 500
    keeper.meets(ANY)
    for _ in range(60):
        keeper.looks()
        later(30)
    assert boss.opens(PATH).sees("Nobody could be told")


def test_a_test_alarm_is_sent_at_once_and_its_answer_shown(boss: Visitor, pager: Pager) -> None:
    boss.submits("Send a test alarm")
    assert boss.sees("Webhook", "Taken")
    assert "test alarm" in pager.heard[0]["text"]
    assert kept_by(boss) == []
    pager.status = 403
    boss.submits("Send a test alarm")
    assert boss.sees("Not taken: answer 403")
    assert "secret-of-the-pager" not in boss.page.text


@pytest.mark.usefixtures("both_databases")
def test_a_stolen_session_cannot_flood_the_operator_with_test_alarms(
    keeper: Keeper, boss: Visitor, pager: Pager, later: Later,
) -> None:
    for _ in range(10):
        assert boss.submits("Send a test alarm").status == 200
    assert boss.submits("Send a test alarm").status == 429
    assert boss.sees("Enough test alarms were sent for now. Try again in 60 minutes.")
    assert len(pager.heard) == 10
    later(HOUR + 1)
    again = comes_in(Visitor(InProcess(keeper.app)), "boss", PHONE).opens(PATH)
    assert again.submits("Send a test alarm").status == 200
    assert len(pager.heard) == 11


def kept_by(visitor: Visitor) -> list[Any]:
    assert isinstance(visitor.transport, InProcess)
    return kept(visitor.transport.app)


def test_the_page_says_that_nobody_is_told(app: Flask, visitor: Visitor, make_user: MakeUser) -> None:
    make_user(username="boss", phone=PHONE, administrator=True)
    comes_in(visitor, "boss", PHONE).opens(PATH)
    assert visitor.sees("Nobody is told", "PORTAL_ALARM_WEBHOOK")
    assert visitor.does_not_see("Send a test alarm")
    visitor.posts(f"{PATH}/test")
    assert visitor.status == 409


def test_the_doctor_says_what_rings_and_that_nobody_would_be_told(app: Flask, make_app: MakeApp) -> None:
    assert "ways to tell the operator: 0" in command(app, "doctor").output
    Keeper(app).meets(ANY)
    assert "1 ringing: Messages are taken by none of the gateways that may carry them." in command(app, "doctor").output
    for prefix in range(210, 220):
        Keeper(app).meets(str(prefix), "Codes do not come back", AlarmKind.PREFIX)
    said = command(app, "doctor").output
    assert "11 ringing: " in said
    assert "No codes go to new numbers in +218" in said
    assert "+219" not in said
    assert "; 1 more." in said


def test_the_dashboard_says_that_something_rings(keeper: Keeper, boss: Visitor) -> None:
    keeper.meets(ANY)
    assert boss.opens("/admin/").sees("Alarms that ring: 1")
