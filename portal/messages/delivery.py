"""What becomes of one message? It is taken in hand, written, handed over once, and the outcome recorded."""

from __future__ import annotations

import time

from sqlalchemy.exc import SQLAlchemyError

from portal import clock
from portal.database import writing
from portal.messages import outbox, standing, turns
from portal.messages.gateways import prepare
from portal.messages.handover import Wait, hand_over
from portal.messages.outbox import Facing, Outcome
from portal.messages.routing.choosing import Way
from portal.messages.routing.resting import resting
from portal.messages.standing import Standing
from portal.messages.writing import Letter
from portal.models import Purpose

PAUSES_BEFORE_GIVING_UP = (0.5, 1.0, 2.0, 4.0)
"""Seconds between attempts to record an outcome that would otherwise be lost with the database's connection."""


def _sleep(seconds: float) -> bool:
    time.sleep(seconds)
    return False


def deliver(message_id: int, wait: Wait = _sleep) -> float | None:
    """Send the message if it still waits and its code lives. Returns the instant to try again at, if there is one.

    It waits for its turn at the gateway outside anybody's hand, but for a moment: whoever is stopped in between has lost
    nothing. What is of no use any more takes no turn. Whatever happens, it is handed over at most once: a fault after which
    it may have gone out is final.
    """
    if turns.are_calm():
        return _at_once(message_id, wait)
    facing = outbox.facing(message_id)
    if facing is None:
        return None
    ways = _ways(facing) if facing.is_of_use else []
    return _in_turn(message_id, ways, wait) if ways else _in_hand(message_id, ways, wait)


def _at_once(message_id: int, wait: Wait) -> float | None:
    """Where its turn is likely to be now, with one look at the row less: it is taken in hand, and let go if it has to wait."""
    standing.current()  # what cannot be read is met with nothing in hand
    letter = outbox.claim(message_id)
    if letter is None:
        return None
    try:
        ways = _ways(letter)
        comes_in = _first_turn(ways)
    except Exception:
        outbox.let_go(letter)
        raise
    if comes_in > turns.SOON:
        outbox.let_go(letter)
        return _in_turn(message_id, ways, wait, comes_in=comes_in)
    if ways and wait(comes_in):
        outbox.let_go(letter)
        outbox.post(message_id)
        return None
    return _handed_over(letter, ways, wait)


def _first_turn(ways: list[Way]) -> float:
    """In how many seconds the turn comes at the best of these ways; it is taken."""
    if not ways:
        return 0.0
    prepare(ways[0].gateway)
    return turns.turn(ways[0].gateway)


def _in_turn(message_id: int, ways: list[Way], wait: Wait, *, comes_in: float | None = None) -> float | None:
    """Wait for the turn at the best of these ways, unless it is taken already and `comes_in` so many seconds; then send it."""
    gateway = ways[0].gateway
    with turns.room(gateway, standing.current().gateways) as there_is:
        if not there_is:
            return clock.now() + turns.detour(gateway)
        if wait(_first_turn(ways) if comes_in is None else comes_in):
            outbox.post(message_id)
            return None
    return _in_hand(message_id, ways, wait)


def _in_hand(message_id: int, ways: list[Way], wait: Wait) -> float | None:
    letter = outbox.claim(message_id)
    return None if letter is None else _handed_over(letter, ways, wait)


def _handed_over(letter: Letter, ways: list[Way], wait: Wait) -> float | None:
    outcome = hand_over(letter, ways, wait)
    _record_in_any_case(letter, outcome)
    return outcome.again_at


def _ways(facing: Facing | Letter) -> list[Way]:
    """By which gateways it may go, the best first. Where there is none, one may have been added a moment ago."""
    return _by(standing.current(), facing) or _by(standing.fresh(), facing)


def _by(setup: Standing, facing: Facing | Letter) -> list[Way]:
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
