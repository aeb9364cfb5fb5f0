"""By which of several gateways does a message leave, and by the next only if surely nothing was sent?"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from portal import clock
from portal.messages.routing.resting import resting
from tests import routed
from tests.gateway import Gateway
from tests.letters import PHONE, write
from tests.processes import free_port
from tests.routed import arrived, delivered
from tests.ways import add_gateway, add_rule

first, second, nobody_rests, portal, app = routed.first, routed.second, routed.nobody_rests, routed.portal, routed.app


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
