"""By which of several gateways does a message leave: by rules, at their pace, and by the next only if surely nothing was sent?"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import pytest
from flask import Flask

from portal import clock, create_app
from portal.extensions import db
from portal.messages import handover, standing
from portal.messages import sender as sending
from portal.messages.delivery import deliver
from portal.messages.routing import resting as restings
from portal.messages.routing.resting import resting
from portal.models import Channel, GatewayKind, State
from tests.conftest import settings
from tests.gateway import Gateway
from tests.letters import PHONE, Letter, write
from tests.processes import free_port
from tests.ways import add_gateway, add_rule, trusted_together


@pytest.fixture
def first() -> Iterator[Gateway]:
    with Gateway() as running:
        yield running


@pytest.fixture
def second(first: Gateway) -> Iterator[Gateway]:
    """It knows the application of the first, so that one environment serves both."""
    with Gateway() as running:
        running.public_key = first.public_key
        yield running


@pytest.fixture(autouse=True)
def nobody_rests() -> Iterator[None]:
    resting._until.clear()
    yield
    resting._until.clear()


@pytest.fixture
def portal(both_databases: str, first: Gateway, second: Gateway) -> Iterator[Callable[..., Flask]]:
    """Portals with the first server as the environment's gateway: `portal(VONAGE_TIMEOUT="2")`."""
    made: list[Flask] = []

    def make(**environment: str) -> Flask:
        both = {"VONAGE_CA_FILE": str(trusted_together(first, second)), "VONAGE_SENDER": "First", "PORTAL_GATEWAY_RATE": "100"}
        made.append(create_app(settings(DATABASE_URL=both_databases, **first.settings() | both | environment)))
        return made[-1]

    yield make
    for app in made:
        with app.app_context():
            db.engine.dispose()


@pytest.fixture
def app(portal: Callable[..., Flask], second: Gateway) -> Flask:
    """With both servers as gateways, "vonage" before "second"."""
    application = portal()
    add_gateway(application, "second", second)
    return application


def delivered(letter: Letter) -> float | None:
    with letter.app.app_context():
        return deliver(letter.id)


def arrived(*servers: Gateway) -> list[int]:
    return [len(server.texts()) for server in servers]


def test_a_message_goes_by_the_first_gateway_alone(app: Flask, first: Gateway, second: Gateway) -> None:
    letter = write(app)

    delivered(letter)

    assert (arrived(first, second), letter.row.gateway, letter.row.sender) == ([1, 0], "vonage", "First")


@pytest.mark.parametrize("mode", ["401", "402", "403", "429"])
def test_what_the_first_gateway_surely_did_not_send_goes_by_the_second_once(
    app: Flask, first: Gateway, second: Gateway, mode: str,
) -> None:
    first.answers(mode)
    letter = write(app)

    assert delivered(letter) is None

    assert arrived(first, second) == [0, 1]
    row = letter.row
    assert (letter.outcome, row.gateway, row.sender, row.attempts) == (("sent", None), "second", "Second", 1)
    assert len(row.reference) == 36
    assert second.accepted[0].sender == "Second"
    assert [outcome for outcome, _detail in letter.entries] == ["sent"]


def test_a_message_for_a_gateway_that_is_down_goes_by_the_second(portal: Callable[..., Flask], second: Gateway) -> None:
    app = portal(VONAGE_API_HOST=f"127.0.0.1:{free_port()}")
    add_gateway(app, "second", second)
    letter = write(app)

    delivered(letter)

    assert (arrived(second), letter.outcome, letter.row.gateway) == ([1], ("sent", None), "second")


@pytest.mark.parametrize("mode", ["500", "503", "garbage", "html", "empty", "other", "close", "reset", "drip"])
def test_what_may_have_gone_out_goes_by_no_other(app: Flask, first: Gateway, second: Gateway, mode: str) -> None:
    first.answers(mode)
    letter = write(app)

    delivered(letter)
    delivered(letter)

    assert letter.outcome[0] == "unknown"
    assert arrived(second) == [0]
    assert len(first.texts()) <= 1


def test_after_a_time_out_no_other_gateway_is_tried(app: Flask, first: Gateway, second: Gateway) -> None:
    first.answers("ok", seconds=3)
    letter = write(app)

    delivered(letter)

    assert (letter.outcome, arrived(second)) == (("unknown", "time-out"), [0])


def test_a_number_that_gets_no_texts_is_not_tried_elsewhere(app: Flask, first: Gateway, second: Gateway) -> None:
    first.answers("422")
    letter = write(app)

    delivered(letter)

    assert (letter.outcome, arrived(second)) == (("failed", "number"), [0])


def test_a_number_that_the_first_gateway_does_not_reach_goes_by_the_next_which_keeps_its_place(
    app: Flask, first: Gateway, second: Gateway,
) -> None:
    first.answers("422", problem={"type": "#1250"}, numbers=(PHONE,))
    there, elsewhere = write(app), write(app, phone="+436641234567")

    delivered(there)
    delivered(elsewhere)

    assert (there.row.gateway, elsewhere.row.gateway) == ("second", "vonage")


def test_a_message_that_no_gateway_takes_says_why_the_first_did_not(
    app: Flask, first: Gateway, second: Gateway, caplog: pytest.LogCaptureFixture,
) -> None:
    first.answers("401")
    second.answers("402")
    letter = write(app)

    delivered(letter)

    assert (letter.outcome, letter.row.gateway) == (("failed", "credentials"), "vonage")
    told = [record.getMessage() for record in caplog.records if "operator" in record.getMessage()]
    assert [name in words for name, words in zip(("vonage", "second"), told, strict=True)] == [True, True]


def test_it_waits_if_one_of_them_may_take_it_later(app: Flask, first: Gateway, second: Gateway) -> None:
    first.answers("401")
    second.answers("429", retry_after="9")
    letter = write(app)

    again_at = delivered(letter)

    assert again_at == pytest.approx(clock.now() + 9, abs=1)
    assert letter.outcome == ("waiting", "throttled")


def test_without_any_gateway_a_message_fails_at_once(portal: Callable[..., Flask]) -> None:
    letter = write(portal(PORTAL_GATEWAY="console"))

    delivered(letter)

    assert letter.outcome == ("failed", "no gateway")


def test_a_country_s_rule_says_gateway_and_sender(app: Flask, first: Gateway, second: Gateway) -> None:
    add_rule(app, "49", ("second", "+491701234567"), ("vonage", None))
    german, other = write(app), write(app, phone="+436641234567")

    delivered(german)
    delivered(other)

    assert (german.row.gateway, german.row.sender) == ("second", "+491701234567")
    assert second.accepted[0].sender == "491701234567"
    assert (other.row.gateway, other.row.sender) == ("vonage", "First")


def test_a_rule_s_next_choice_has_its_own_sender_too(app: Flask, first: Gateway, second: Gateway) -> None:
    add_rule(app, "49", ("second", "Grün"), ("vonage", "German"))
    second.answers("401")

    delivered(letter := write(app))

    assert (letter.row.gateway, first.accepted[0].sender) == ("vonage", "German")


def test_a_text_of_the_sms_interface_goes_on_to_the_messages_interface(
    portal: Callable[..., Flask], first: Gateway, second: Gateway,
) -> None:
    app = portal(PORTAL_GATEWAY="vonage-sms")
    add_gateway(app, "second", second)
    first.answers("ok", statuses=("9",))
    delivered(out_of_credit := write(app))
    first.answers("ok", statuses=("0", "5"))
    resting._until.clear()
    delivered(in_parts := write(app))

    assert out_of_credit.row.gateway == "second"
    assert (in_parts.outcome, in_parts.row.gateway) == (("unknown", "in parts"), "vonage-sms")
    assert arrived(first, second) == [1, 1]


class TestRest:
    def test_a_gateway_that_has_failed_is_asked_last_for_a_while(self, app: Flask, first: Gateway, second: Gateway) -> None:
        first.answers("401")
        delivered(write(app))
        first.answers("ok")

        delivered(write(app))

        assert arrived(first, second) == [0, 2]

    @pytest.mark.parametrize("mode", ["500", "garbage", "reset"])
    def test_one_that_may_have_sent_a_message_is_asked_last_for_the_next(
        self, app: Flask, first: Gateway, second: Gateway, mode: str,
    ) -> None:
        first.answers(mode)
        delivered(write(app))
        first.answers("ok")

        delivered(letter := write(app))

        assert (letter.row.gateway, arrived(second)) == ("second", [1])

    def test_then_one_message_tries_it_and_the_others_wait_for_how_that_ends(
        self, app: Flask, monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        now = [100.0]
        monkeypatch.setattr(time, "monotonic", lambda: now[0])
        with app.app_context():
            ways = standing.fresh().ways(PHONE, Channel.TEXT)
        resting.rest("vonage")
        now[0] += restings.SECONDS

        order = [[way.gateway.name for way in resting.last(ways)] for _ in range(3)]
        resting.wake("vonage")

        assert order == [["vonage", "second"], ["second", "vonage"], ["second", "vonage"]]
        assert [way.gateway.name for way in resting.last(ways)] == ["vonage", "second"]

    def test_one_that_goes_on_failing_rests_ever_longer_and_anew_once_it_has_taken_a_message(
        self, app: Flask, monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        now = [100.0]
        monkeypatch.setattr(time, "monotonic", lambda: now[0])
        with app.app_context():
            ways = standing.fresh().ways(PHONE, Channel.TEXT)

        def rests_for() -> float:
            for _of_many_under_way in range(5):
                resting.rest("vonage")
            began = now[0]
            while resting.last(ways)[0].gateway.name != "vonage":
                now[0] += 1.0
            return now[0] - began

        assert [rests_for() for _ in range(6)] == [20.0, 40.0, 80.0, 160.0, 300.0, 300.0]
        resting.wake("vonage")
        assert rests_for() == restings.SECONDS

    def test_one_that_rests_is_still_asked_when_there_is_no_other(self, portal: Callable[..., Flask], first: Gateway) -> None:
        app = portal()
        first.answers("401")
        delivered(write(app))
        first.answers("ok")

        delivered(write(app))

        assert arrived(first) == [1]

    def test_a_sender_that_one_country_forbids_sends_no_other_message_elsewhere(
        self, portal: Callable[..., Flask], first: Gateway, second: Gateway,
    ) -> None:
        app = portal(PORTAL_GATEWAY="vonage-sms")
        add_gateway(app, "second", second)
        first.answers("ok", statuses=("15",))
        delivered(write(app))
        first.answers("ok")

        delivered(letter := write(app))

        assert letter.row.gateway == "vonage-sms"


class TestOnTheWayToTheNext:
    def test_a_code_that_died_meanwhile_is_not_sent(self, app: Flask, first: Gateway, second: Gateway) -> None:
        letter = write(app)
        first.answers("401", seconds=0.5)

        with ThreadPoolExecutor(1) as pool:
            sending = pool.submit(delivered, letter)
            time.sleep(0.25)
            letter.sign_in_changes(state=State.ENDED, ended_at=1.0)
            sending.result()

        assert (arrived(second), letter.outcome[0]) == ([0], "expired")

    def test_what_a_sweep_has_given_up_is_not_sent(self, app: Flask, first: Gateway, second: Gateway) -> None:
        letter = write(app)
        first.answers("401", seconds=0.5)

        with ThreadPoolExecutor(1) as pool:
            sending = pool.submit(delivered, letter)
            time.sleep(0.25)
            letter.changes(state="unknown", reason="lost", settled_at=clock.now())
            sending.result()

        assert (arrived(second), letter.outcome) == ([0], ("unknown", "lost"))

    def test_a_message_without_time_for_the_next_waits_and_then_leaves(
        self, app: Flask, first: Gateway, second: Gateway, monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        letter = write(app)
        first.answers("401")
        with monkeypatch.context() as hurried:
            hurried.setattr(handover, "LAST_START", -1.0)
            again_at = delivered(letter)
        assert (letter.outcome, arrived(second)) == (("waiting", "credentials"), [0])
        assert again_at is not None

        letter.changes(again_at=clock.now())
        delivered(letter)

        assert (letter.outcome, letter.row.attempts, arrived(second)) == (("sent", None), 2, [1])

    def test_a_message_whose_turn_at_the_next_is_far_off_does_not_wait_for_it_in_hand(
        self, portal: Callable[..., Flask], first: Gateway, second: Gateway,
    ) -> None:
        app = portal()
        add_gateway(app, "slow", second, per_second=1)
        first.answers("401")
        letters = [write(app, phone=f"+49151123456{n}") for n in range(10, 16)]

        began = time.monotonic()
        with ThreadPoolExecutor(6) as pool:
            list(pool.map(delivered, letters))

        assert time.monotonic() - began < handover.LONGEST_TURN + 2
        assert {letter.outcome[0] for letter in letters} == {"sent", "waiting"}
        assert len(second.texts()) == sum(letter.outcome[0] == "sent" for letter in letters)

    def test_told_to_stop_meanwhile_it_goes_back_to_wait(self, app: Flask, first: Gateway, second: Gateway) -> None:
        letter = write(app)
        first.answers("401")
        asked: list[float] = []

        def stops_at_the_second(seconds: float) -> bool:
            asked.append(seconds)
            return len(asked) > 1

        with app.app_context():
            deliver(letter.id, stops_at_the_second)

        assert (letter.outcome, arrived(second)) == (("waiting", "credentials"), [0])

    def test_the_next_is_told_the_life_that_is_left(
        self, app: Flask, first: Gateway, second: Gateway, monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        letter = write(app, lifetime=100)
        real, shift = clock.source, [0.0]
        monkeypatch.setattr(clock, "source", lambda: real() + shift[0])
        monkeypatch.setattr(handover, "_may_go_on", lambda *_about: shift.__setitem__(0, 45.0) is None)
        first.answers("401")

        delivered(letter)

        [text] = second.accepted
        assert 50 <= (text.ttl or 0) <= 55
        assert "It works for 1 minute." in text.text


class TestPace:
    def test_two_senders_together_keep_to_a_gateway_s_pace(self, portal: Callable[..., Flask], first: Gateway) -> None:
        portals = [portal(PORTAL_GATEWAY_RATE="5") for _ in range(2)]
        letters = [write(portals[0], phone=f"+49151123456{n}") for n in range(10, 30)]
        for application in portals:
            delivered(write(application))

        began = time.monotonic()
        with ThreadPoolExecutor(20) as pool:
            list(pool.map(lambda pair: _delivered_by(portals[pair[0] % 2], pair[1]), enumerate(letters)))

        assert len(first.texts()) == 22
        assert time.monotonic() - began >= 3.5

    def test_what_is_of_no_use_any_more_takes_no_turn(self, portal: Callable[..., Flask], first: Gateway) -> None:
        app = portal(PORTAL_GATEWAY_RATE="1")
        dead = [write(app, phone=f"+49151123456{n}") for n in range(10, 14)]
        for letter in dead[:2]:
            letter.sign_in_changes(state=State.ENDED, ended_at=1.0)
        for letter in dead[2:]:
            letter.changes(not_after=clock.now() - 1)
        alive = write(app)

        began = time.monotonic()
        for letter in [*dead, alive]:
            delivered(letter)

        assert time.monotonic() - began < 1
        assert [letter.outcome[0] for letter in [*dead, alive]] == ["expired"] * 4 + ["sent"]

    def test_a_slow_gateway_holds_a_quarter_of_the_threads_and_texts_pass_it_by(
        self, portal: Callable[..., Flask], first: Gateway, second: Gateway,
    ) -> None:
        app = portal(PORTAL_SENDER_THREADS="8")
        add_gateway(app, "slow", second, per_second=1)
        add_rule(app, "49", ("slow", None))
        slow = [write(app, phone=f"+49151123456{n}") for n in range(10, 18)]
        delivered(fast := write(app, phone="+436641234566"))

        with ThreadPoolExecutor(8) as pool:
            endings = list(pool.map(delivered, slow))

        assert fast.outcome == ("sent", None)
        put_off = [letter for letter, again_at in zip(slow, endings, strict=True) if again_at is not None]
        assert len(put_off) >= 4
        assert {letter.outcome for letter in put_off} == {("waiting", None)}
        assert all(letter.row.attempts == 0 for letter in put_off)
        assert len(second.texts()) == 8 - len(put_off)

    def test_the_fastest_gateway_has_all_threads(self, portal: Callable[..., Flask], first: Gateway, second: Gateway) -> None:
        app = portal(PORTAL_SENDER_THREADS="4", PORTAL_GATEWAY_RATE="20")
        add_gateway(app, "slow", second, per_second=10)
        letters = [write(app, phone=f"+49151123456{n}") for n in range(10, 20)]

        with ThreadPoolExecutor(10) as pool:
            assert set(pool.map(delivered, letters)) == {None}

        assert arrived(first) == [10]

    def test_what_waits_for_its_turn_takes_no_second_one_for_the_sweep(
        self, portal: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        app, begun, go_on = portal(PORTAL_SENDER_THREADS="4"), list[int](), Event()

        def waits(message_id: int, _wait: Any) -> None:
            begun.append(message_id)
            go_on.wait(5)

        monkeypatch.setattr(sending, "deliver", waits)
        with app.app_context():
            sender = sending.Sender(app, parent=None)
            for message_id in (7, 7, 8, 7):
                assert sender.free.acquire(timeout=1)
                sender._start(message_id)
            go_on.set()
            sender.pool.shutdown()

        assert sorted(begun) == [7, 8]
        assert [sender.free.acquire(blocking=False) for _ in range(5)] == [True] * 4 + [False]

    def test_without_the_counters_a_sender_goes_slowly_rather_than_fast(
        self, app: Flask, monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        from portal import counters
        from portal.messages import turns
        from tests.carrying import registered

        def gone(*_about: Any) -> float:
            raise counters.CountersGone

        monkeypatch.setattr(counters, "slot", gone)
        with app.app_context():
            assert turns.turn(registered(GatewayKind.VONAGE, per_second=5)) == 10.0
            assert turns.turn(registered(GatewayKind.VONAGE, per_second=500)) == 1.0


def _delivered_by(app: Flask, letter: Letter) -> None:
    with app.app_context():
        deliver(letter.id)
