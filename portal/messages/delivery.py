"""What becomes of one message? It is taken in hand, written, handed to the gateway once, and the outcome recorded."""

from __future__ import annotations

import logging
import time

from sqlalchemy import bindparam, update
from sqlalchemy.exc import DBAPIError

from portal import clock
from portal.database import writing
from portal.messages import outbox
from portal.messages.gateways import Fault, OurFault, Outgoing, Refused, RetryLater, Unknown, carrier
from portal.messages.outbox import Outcome
from portal.messages.writing import KeyRetired, Letter, code_of, lifetime, text_of
from portal.models import MessageState, PhoneState, Purpose, User

log = logging.getLogger(__name__)

FIRST_RETRY = 2.0
"""Seconds before the second attempt; every further one waits twice as long."""
PAUSES_BEFORE_GIVING_UP = (0.5, 1.0, 2.0, 4.0)
"""Seconds between attempts to record an outcome that would otherwise be lost with the database's connection."""

_FAILING = (
    update(User)
    .where(User.id == bindparam("the_id"), User.phone == bindparam("the_phone"))
    .values(phone_state=PhoneState.FAILING)
)


def deliver(message_id: int) -> float | None:
    """Send the message if it still waits and its code lives. Returns the instant to try again at, if there is one.

    Whatever happens, it is handed over at most once: a fault after which it may have gone out is final.
    """
    letter = outbox.claim(message_id)
    if letter is None:
        return None
    outcome = _hand_over(letter)
    _record_in_any_case(letter, outcome)
    return outcome.again_at


def _hand_over(letter: Letter) -> Outcome:
    """Never raises: an outcome that nobody foresaw is unknown, and its text may hold a code, so only its type is logged."""
    try:
        return _sent(letter)
    except Fault as fault:
        return _after(fault, letter)
    except KeyRetired:
        return _after(OurFault("key retired"), letter)
    except Exception as error:
        log.error("message %d: unforeseen %s at the gateway", letter.id, type(error).__name__)
        return Outcome(state=MessageState.UNKNOWN, reason="unforeseen")


def _sent(letter: Letter) -> Outcome:
    gateway = carrier()
    text = text_of(letter, code_of(letter))
    receipt = gateway.send(Outgoing(id=letter.id, to=letter.phone, text=text, lifetime=lifetime(letter)))
    return Outcome(state=MessageState.SENT, reference=receipt.reference, gateway=gateway.name)


def _after(fault: Fault, letter: Letter) -> Outcome:
    match fault:
        case RetryLater():
            return _postponed(fault, letter)
        case Unknown():
            log.warning("message %d may or may not have gone out: %s", letter.id, fault.reason)
            return Outcome(state=MessageState.UNKNOWN, reason=fault.reason)
        case OurFault():
            log.error("operator: message %d was not sent, and others will not be: %s", letter.id, fault.reason)
    return Outcome(state=MessageState.FAILED, reason=fault.reason, number_fails=isinstance(fault, Refused))


def _postponed(fault: RetryLater, letter: Letter) -> Outcome:
    delay = fault.delay if fault.delay is not None else FIRST_RETRY * 2 ** (letter.attempts - 1)
    again_at = clock.now() + delay
    if again_at >= letter.not_after:
        log.error("operator: message %d was not sent in time: %s", letter.id, fault.reason)
        return Outcome(state=MessageState.FAILED, reason=fault.reason)
    log.warning("message %d is tried again in %.0f s: %s", letter.id, delay, fault.reason)
    return Outcome(state=MessageState.WAITING, reason=fault.reason, again_at=again_at)


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
            connection.execute(_FAILING, {"the_id": letter.user_id, "the_phone": letter.phone})
