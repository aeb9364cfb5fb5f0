"""What becomes of one message? It is taken in hand, written, handed over once, and the outcome recorded."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence

from sqlalchemy.exc import DBAPIError

from portal import clock, counters
from portal.counters import CountersGone
from portal.database import writing
from portal.messages import outbox, standing
from portal.messages.gateways import Fault, NoRoute, OurFault, Outgoing, Refused, RetryLater, Unknown, carrier
from portal.messages.outbox import Outcome
from portal.messages.routing.choosing import Way
from portal.messages.routing.register import Gateway
from portal.messages.routing.resting import resting
from portal.messages.text import language_of
from portal.messages.writing import KeyRetired, Letter, code_of, lifetime, text_of
from portal.models import GatewayKind, MessageState, Purpose

log = logging.getLogger(__name__)

FIRST_RETRY = 2.0
"""Seconds before the second attempt; every further one waits twice as long."""
PAUSES_BEFORE_GIVING_UP = (0.5, 1.0, 2.0, 4.0)
"""Seconds between attempts to record an outcome that would otherwise be lost with the database's connection."""
LAST_START = 15.0
"""Seconds in which a message in hand may begin with another gateway: behind them it goes back to wait."""
LONGEST_TURN = 2.0
"""Seconds that a message in hand waits for its turn at another gateway."""

Wait = Callable[[float], bool]
"""Waits for so many seconds; True if the process is to stop instead."""


def _sleep(seconds: float) -> bool:
    time.sleep(seconds)
    return False


def deliver(message_id: int, wait: Wait = _sleep) -> float | None:
    """Send the message if it still waits and its code lives. Returns the instant to try again at, if there is one.

    It waits for its turn at the gateway before it is taken in hand: whoever is stopped in between has lost nothing.
    Whatever happens, it is handed over at most once: a fault after which it may have gone out is final.
    """
    ways = _ways(message_id)
    if ways and wait(_turn(ways[0].gateway)):
        outbox.post(message_id)
        return None
    letter = outbox.claim(message_id)
    if letter is None:
        return None
    outcome = _hand_over(letter, ways)
    _record_in_any_case(letter, outcome)
    return outcome.again_at


def _ways(message_id: int) -> list[Way]:
    """By which gateways it may go; none if it is not to be sent any more, or if there is none."""
    facing = outbox.facing(message_id)
    if facing is None:
        return []
    setup = standing.current()
    return setup.by(facing.via, facing.phone) if facing.via else resting.last(setup.ways(facing.phone, facing.channel))


def _turn(gateway: Gateway) -> float:
    """In how many seconds it is our turn at this gateway, which takes only so many messages a second from all senders."""
    if gateway.kind is GatewayKind.INBOX:
        return 0.0
    try:
        return max(0.0, counters.slot(f"gateway:{gateway.name}", 1 / gateway.per_second) - clock.now())
    except CountersGone:
        return 1.0


def _hand_over(letter: Letter, ways: Sequence[Way]) -> Outcome:
    """By the first way that takes it. Another one is tried only after a fault that surely sent nothing."""
    began, faults = time.monotonic(), list[Fault]()
    for way in ways:
        if faults and not _may_go_on(began, way.gateway):
            break
        try:
            return _sent(letter, way)
        except (RetryLater, OurFault, NoRoute) as fault:
            faults.append(fault)
            _note(letter, way, fault)
        except Fault as fault:
            return _final(fault, letter, way)
        except KeyRetired:
            return _final(OurFault("key retired"), letter, way)
        except Exception as error:  # its text may hold a code
            log.error("message %d: unforeseen %s at gateway %s", letter.id, type(error).__name__, way.gateway.name)
            return Outcome(state=MessageState.UNKNOWN, reason="unforeseen", gateway=way.gateway.name)
    return _not_taken(letter, ways, faults)


def _may_go_on(began: float, gateway: Gateway) -> bool:
    if time.monotonic() - began > LAST_START:
        return False
    turn = _turn(gateway)
    time.sleep(min(turn, LONGEST_TURN))
    return turn <= LONGEST_TURN


def _sent(letter: Letter, way: Way) -> Outcome:
    text, name = text_of(letter, code_of(letter)), way.gateway.name
    receipt = carrier(way.gateway).send(Outgoing(
        id=letter.id, to=letter.phone, text=text, lifetime=lifetime(letter), sender=way.sender,
        language=language_of(letter.locale)))
    resting.wake(name)
    return Outcome(state=MessageState.SENT, reference=receipt.reference, gateway=name, sender=way.sender)


def _note(letter: Letter, way: Way, fault: Fault) -> None:
    """That a gateway did not take a message, which may go by another now."""
    name = way.gateway.name
    if isinstance(fault, OurFault):
        log.error("operator: gateway %s did not take message %d, and will not take others: %s", name, letter.id, fault.reason)
    else:
        log.warning("gateway %s did not take message %d: %s", name, letter.id, fault.reason)
    if not isinstance(fault, NoRoute):
        resting.rest(name)


def _final(fault: Fault, letter: Letter, way: Way) -> Outcome:
    name = way.gateway.name
    if isinstance(fault, Unknown):
        log.warning("message %d may or may not have gone out by gateway %s: %s", letter.id, name, fault.reason)
        return Outcome(state=MessageState.UNKNOWN, reason=fault.reason, gateway=name)
    return Outcome(state=MessageState.FAILED, reason=fault.reason, gateway=name, number_fails=isinstance(fault, Refused))


def _not_taken(letter: Letter, ways: Sequence[Way], faults: Sequence[Fault]) -> Outcome:
    """None of the gateways took it, the first of the ways for the first fault: it waits if one of them may take it later."""
    later = [fault for fault in faults if isinstance(fault, RetryLater)]
    if later:
        return _postponed(letter, later, ways[faults.index(later[0])].gateway.name)
    if not faults:
        log.error("operator: message %d was not sent, and others will not be: no gateway", letter.id)
        return Outcome(state=MessageState.FAILED, reason="no gateway")
    return Outcome(state=MessageState.FAILED, reason=faults[0].reason, gateway=ways[0].gateway.name)


def _postponed(letter: Letter, faults: Sequence[RetryLater], gateway: str) -> Outcome:
    said = [fault.delay for fault in faults if fault.delay is not None]
    delay, reason = min(said) if said else FIRST_RETRY * 2 ** (letter.attempts - 1), faults[0].reason
    again_at = clock.now() + delay
    if again_at >= letter.not_after:
        log.error("operator: message %d was not sent in time: %s", letter.id, reason)
        return Outcome(state=MessageState.FAILED, reason=reason, gateway=gateway)
    log.warning("message %d is tried again in %.0f s: %s", letter.id, delay, reason)
    return Outcome(state=MessageState.WAITING, reason=reason, gateway=gateway, again_at=again_at)


def _record_in_any_case(letter: Letter, outcome: Outcome) -> None:
    """The database may be gone for a moment; what happened at the gateway is known only here."""
    for pause in PAUSES_BEFORE_GIVING_UP:
        try:
            return _record(letter, outcome)
        except DBAPIError:
            time.sleep(pause)
    return _record(letter, outcome)


def _record(letter: Letter, outcome: Outcome) -> None:
    with writing() as connection:
        settled = outbox.settle(connection, letter, outcome)
        if settled and outcome.number_fails and letter.purpose is Purpose.LOGIN:
            outbox.blame_number(connection, letter.user_id, letter.phone)
