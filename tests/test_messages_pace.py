"""Does each gateway get its messages at its own pace, from all senders together?"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import pytest
from flask import Flask

from portal import clock
from portal.messages.delivery import deliver
from portal.messages.feeding import Feeding
from portal.messages.troubles import Troubles
from portal.models import GatewayKind, State
from tests import routed
from tests.gateway import Gateway
from tests.letters import Letter, write
from tests.routed import arrived, delivered
from tests.ways import add_gateway, add_rule

first, second, nobody_rests, portal, app = routed.first, routed.second, routed.nobody_rests, routed.portal, routed.app


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

        monkeypatch.setattr("portal.messages.feeding.deliver", waits)
        with app.app_context():
            feeding = Feeding(app, Troubles())
            for message_id in (7, 7, 8, 7):
                assert feeding.free.acquire(timeout=1)
                feeding.begin(message_id)
            go_on.set()
            feeding.pool.shutdown()

        assert sorted(begun) == [7, 8]
        assert [feeding.free.acquire(blocking=False) for _ in range(5)] == [True] * 4 + [False]

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
