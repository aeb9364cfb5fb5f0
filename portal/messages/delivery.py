"""What becomes of one message? It is taken in hand, written, handed over once, and the outcome recorded."""

from __future__ import annotations

import time

from sqlalchemy.exc import SQLAlchemyError

from portal import clock
from portal.database import writing
from portal.messages import outbox, standing
from portal.messages.gateways import prepare
from portal.messages.handover import Wait, hand_over
from portal.messages.outbox import Facing, Outcome
from portal.messages.routing.choosing import Way
from portal.messages.routing.resting import resting
from portal.messages.standing import Standing
from portal.messages.turns import detour, room, turn
from portal.messages.writing import Letter
from portal.models import Purpose

PAUSES_BEFORE_GIVING_UP = (0.5, 1.0, 2.0, 4.0)
"""Seconds between attempts to record an outcome that would otherwise be lost with the database's connection."""


def _sleep(seconds: float) -> bool:
    time.sleep(seconds)
    return False


def deliver(message_id: int, wait: Wait = _sleep) -> float | None:
    """Send the message if it still waits and its code lives. Returns the instant to try again at, if there is one.

    It waits for its turn at the gateway before it is taken in hand: whoever is stopped in between has lost nothing. What is
    of no use any more takes no turn. Whatever happens, it is handed over at most once: a fault after which it may have gone
    out is final.
    """
    facing = outbox.facing(message_id)
    if facing is None:
        return None
    ways = _ways(facing) if facing.is_of_use else []
    if ways:
        with room(ways[0].gateway, standing.current().gateways) as there_is:
            if not there_is:
                return clock.now() + detour(ways[0].gateway)
            prepare(ways[0].gateway)
            if wait(turn(ways[0].gateway)):
                outbox.post(message_id)
                return None
    return _in_hand(message_id, ways, wait)


def _in_hand(message_id: int, ways: list[Way], wait: Wait) -> float | None:
    letter = outbox.claim(message_id)
    if letter is None:
        return None
    outcome = hand_over(letter, ways, wait)
    _record_in_any_case(letter, outcome)
    return outcome.again_at


def _ways(facing: Facing) -> list[Way]:
    """By which gateways it may go, the best first. Where there is none, one may have been added a moment ago."""
    return _by(standing.current(), facing) or _by(standing.fresh(), facing)


def _by(setup: Standing, facing: Facing) -> list[Way]:
    return setup.by(facing.via, facing.phone) if facing.via else resting.last(setup.ways(facing.phone, facing.channel))


def _record_in_any_case(letter: Letter, outcome: Outcome) -> None:
    """The database may be gone for a moment; what happened at the gateway is known only here."""
    for pause in PAUSES_BEFORE_GIVING_UP:
        try:
            return _record(letter, outcome)
        except SQLAlchemyError:
            time.sleep(pause)
    return _record(letter, outcome)


def _record(letter: Letter, outcome: Outcome) -> None:
    with writing() as connection:
        settled = outbox.settle(connection, letter, outcome)
        if settled and outcome.number_fails and letter.purpose is Purpose.LOGIN:
            outbox.blame_number(connection, letter.user_id, letter.phone)
