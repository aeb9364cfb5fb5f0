"""By which gateway does a message in hand leave, and what is certain of it then?

Another gateway is tried only after a fault that surely sent nothing, and only while the message is still in hand and its
code lives: meanwhile its reader may have logged in, and a sweep may have taken whoever holds it for dead.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from portal import clock
from portal.messages import outbox
from portal.messages.alarms import ANY, noticed
from portal.messages.gateways import Fault, NoRoute, OurFault, Outgoing, Refused, RetryLater, Unknown, carrier
from portal.messages.outbox import Outcome
from portal.messages.reasons import Reason
from portal.messages.routing.choosing import Way
from portal.messages.routing.resting import concerns_all, resting
from portal.messages.text import language_of
from portal.messages.turns import turn
from portal.messages.writing import KeyRetired, Letter, code_of, lifetime, text_of
from portal.models import AlarmKind, Channel, MessageState

log = logging.getLogger(__name__)

FIRST_RETRY = 2.0
"""Seconds before the second attempt; every further one waits twice as long."""
WORTH_AN_ALARM = 3
"""Attempts at one message that nobody took, after which it is no passing trouble."""
LAST_START = 15.0
"""Seconds in which a message in hand may begin with another gateway: behind them it goes back to wait."""
LONGEST_TURN = 2.0
"""Seconds that a message in hand waits for its turn at another gateway: if it were longer, it goes back to wait."""

Wait = Callable[[float], bool]
"""Waits for so many seconds; True if the process is to stop instead."""


def hand_over(letter: Letter, ways: Sequence[Way], wait: Wait) -> Outcome:
    """What became of it. The first of `ways` that takes it has it, and no other: its turn there has come already."""
    began, faults = time.monotonic(), list[Fault]()
    for way in ways:
        if faults and not _may_go_on(began, way, wait):
            return _postponed(letter, [RetryLater(faults[0].reason)], ways[0])
        if clock.now() >= letter.not_after or (faults and not outbox.in_hand(letter.id)):
            return _too_late(ways, faults)
        ending = _by(way, letter)
        if isinstance(ending, Outcome):
            return ending
        faults.append(ending)
    return _not_taken(letter, ways, faults)


def _too_late(ways: Sequence[Way], faults: Sequence[Fault]) -> Outcome:
    """Its code died in our hand: a machine that was halted goes on where it was, even minutes later."""
    first = faults[0].reason if faults else None
    return Outcome(state=MessageState.EXPIRED, reason=first, gateway=ways[0].gateway.name)


def _may_go_on(began: float, way: Way, wait: Wait) -> bool:
    """Whether there is time for this way, and its turn has come; if the turn comes soon, it is waited for."""
    if time.monotonic() - began > LAST_START:
        return False
    seconds = turn(way.gateway)
    return seconds <= LONGEST_TURN and not wait(seconds)


def _by(way: Way, letter: Letter) -> Outcome | Fault:
    """How it ended with this gateway: for good, or with a fault after which another may be tried."""
    try:
        return _sent(replace(letter, claimed_at=clock.now()), way)
    except (RetryLater, OurFault, NoRoute) as fault:
        _note(letter, way, fault)
        return fault
    except Fault as fault:
        return _final(fault, letter, way)
    except KeyRetired:
        return _final(OurFault(Reason.KEY_RETIRED), letter, way)
    except Exception as error:  # its text may hold a code
        log.error("message %d: unforeseen %s at gateway %s", letter.id, type(error).__name__, way.gateway.name)
        return Outcome(state=MessageState.UNKNOWN, reason=Reason.UNFORESEEN, gateway=way.gateway.name)


def _sent(letter: Letter, way: Way) -> Outcome:
    """Handed over; text and gateway are told the life that the code has left by the letter's `claimed_at`."""
    text, name = text_of(letter, code_of(letter)), way.gateway.name
    receipt = carrier(way.gateway).send(Outgoing(
        id=letter.id, to=letter.phone, text=text, lifetime=lifetime(letter), sender=way.sender,
        language=language_of(letter.locale)))
    resting.wake(name)
    for subject in (name,) if letter.is_test else (name, ANY):
        noticed.well(AlarmKind.GATEWAY, subject)
    return Outcome(state=MessageState.SENT, reference=receipt.reference, gateway=name, sender=way.sender)


def _note(letter: Letter, way: Way, fault: Fault) -> None:
    """That a gateway did not take a message, which may go by another now."""
    name = way.gateway.name
    if isinstance(fault, OurFault):
        log.error("operator: gateway %s did not take message %d: %s", name, letter.id, fault.reason)
    else:
        log.warning("gateway %s did not take message %d: %s", name, letter.id, fault.reason)
    if concerns_all(fault):
        resting.rest(name)
        if isinstance(fault, OurFault):
            _trouble(letter, noticed.bad, name, fault.reason)
        elif fault.reason != Reason.THROTTLED:
            _trouble(letter, noticed.doubtful, name, fault.reason)


def _trouble(letter: Letter, met: Callable[[AlarmKind, str, str], None], subject: str, reason: str) -> None:
    """Note for an alarm what a message met. Not of a test: whoever asked for it looks at its answer, and wakes nobody."""
    if not letter.is_test:
        met(AlarmKind.GATEWAY, subject, reason)


def _final(fault: Fault, letter: Letter, way: Way) -> Outcome:
    name = way.gateway.name
    if isinstance(fault, Unknown):
        if concerns_all(fault):
            resting.rest(name)
            _trouble(letter, noticed.doubtful, name, fault.reason)
        log.warning("message %d may or may not have gone out by gateway %s: %s", letter.id, name, fault.reason)
        return Outcome(state=MessageState.UNKNOWN, reason=fault.reason, gateway=name)
    # Whoever has answered STOP to us may get texts of others: that says nothing of the number.
    number_fails = isinstance(fault, Refused) and fault.reason == Reason.NUMBER and letter.channel is Channel.TEXT
    return Outcome(state=MessageState.FAILED, reason=fault.reason, gateway=name, number_fails=number_fails)


def _not_taken(letter: Letter, ways: Sequence[Way], faults: Sequence[Fault]) -> Outcome:
    """None of the gateways took it, the first of the ways for the first fault: it waits if one of them may take it later."""
    later = [(fault, way) for fault, way in zip(faults, ways, strict=False) if isinstance(fault, RetryLater)]
    if later:
        return _postponed(letter, [fault for fault, _way in later], later[0][1])
    if not faults:
        log.error("operator: message %d was not sent, and others will not be: no gateway", letter.id)
        _trouble(letter, noticed.bad, ANY, Reason.NO_GATEWAY)
        return Outcome(state=MessageState.FAILED, reason=Reason.NO_GATEWAY)
    return Outcome(state=MessageState.FAILED, reason=faults[0].reason, gateway=ways[0].gateway.name)


def _postponed(letter: Letter, faults: Sequence[RetryLater], way: Way) -> Outcome:
    """It waits for the shortest pause that a gateway named, or for one that grows; if its code does not, it has failed."""
    said = [fault.delay for fault in faults if fault.delay is not None]
    delay, reason, name = min(said) if said else FIRST_RETRY * 2 ** (letter.attempts - 1), faults[0].reason, way.gateway.name
    again_at = clock.now() + delay
    if letter.attempts >= WORTH_AN_ALARM or again_at >= letter.not_after:
        _trouble(letter, noticed.bad, ANY, reason)
    if again_at >= letter.not_after:
        log.error("operator: message %d was not sent in time: %s", letter.id, reason)
        return Outcome(state=MessageState.FAILED, reason=reason, gateway=name)
    log.warning("message %d is tried again in %.0f s: %s", letter.id, delay, reason)
    return Outcome(state=MessageState.WAITING, reason=reason, gateway=name, again_at=again_at)
