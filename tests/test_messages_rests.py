"""For how long is a gateway that has failed asked last?"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import pytest
from flask import Flask

from portal.messages import standing
from portal.messages.routing import resting as restings
from portal.messages.routing.choosing import Way
from portal.messages.routing.resting import resting
from portal.models import Channel
from tests import routed
from tests.gateway import Gateway
from tests.letters import PHONE, write
from tests.routed import arrived, delivered
from tests.ways import add_gateway

first, second, nobody_rests, portal, app = routed.first, routed.second, routed.nobody_rests, routed.portal, routed.app


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The instant of the monotonic clock, which goes on only when a test moves it."""
    at = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: at[0])
    return at


@pytest.fixture
def ways(app: Flask) -> Sequence[Way]:
    """By both gateways, the better first."""
    with app.app_context():
        return standing.fresh().ways(PHONE, Channel.TEXT)


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
        self, ways: Sequence[Way], now: list[float],
    ) -> None:
        resting.rest("vonage")
        now[0] += restings.SECONDS

        order = [[way.gateway.name for way in resting.last(ways)] for _ in range(3)]
        resting.wake("vonage")

        assert order == [["vonage", "second"], ["second", "vonage"], ["second", "vonage"]]
        assert [way.gateway.name for way in resting.last(ways)] == ["vonage", "second"]

    def test_one_that_goes_on_failing_rests_ever_longer_and_anew_once_it_has_taken_a_message(
        self, ways: Sequence[Way], now: list[float],
    ) -> None:
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
