"""What may happen to a message on its way from one gateway to the next?"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from flask import Flask

from portal import clock
from portal.messages import handover
from portal.messages.delivery import deliver
from portal.models import State
from tests import routed
from tests.gateway import Gateway
from tests.letters import Letter, write
from tests.processes import until
from tests.routed import arrived, delivered
from tests.ways import add_gateway

first, second, nobody_rests, portal, app = routed.first, routed.second, routed.nobody_rests, routed.portal, routed.app


@contextmanager
def the_first_refuses(letter: Letter, first: Gateway) -> Iterator[None]:
    """What happens meanwhile; then the sender goes on."""
    first.answers("401", seconds=0.6)
    with ThreadPoolExecutor(1) as pool:
        sending = pool.submit(delivered, letter)
        until(lambda: first.under_way, what="the first gateway to be asked")
        yield
        sending.result()


class TestOnTheWayToTheNext:
    def test_a_code_that_died_meanwhile_is_not_sent(self, app: Flask, first: Gateway, second: Gateway) -> None:
        with the_first_refuses(letter := write(app), first):
            letter.sign_in_changes(state=State.ENDED, ended_at=1.0)

        assert (arrived(second), letter.outcome[0]) == ([0], "expired")

    def test_what_a_sweep_has_given_up_is_not_sent(self, app: Flask, first: Gateway, second: Gateway) -> None:
        with the_first_refuses(letter := write(app), first):
            letter.changes(state="unknown", reason="lost", settled_at=clock.now())

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
