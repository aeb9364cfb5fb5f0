"""Which messages wait, and who has one in hand? The row in the database is the truth, the queue only a bell."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from portal import clock
from portal.audit import Event, What, record
from portal.database import reading, writing, writing_once
from portal.messages import measured, queue, statements
from portal.messages.guard import unsent
from portal.messages.writing import Letter, letter
from portal.models import Channel, MessageState, Purpose

log = logging.getLogger(__name__)

NEVER_LEFT = frozenset({MessageState.FAILED, MessageState.EXPIRED})
"""The states in which a sender lets go of a message that surely did not go out. A receipt says *failed* of one that did."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of a message in hand; with WAITING, the instant `again_at` to try again at."""

    state: MessageState
    reason: str | None = None
    reference: str | None = None
    gateway: str | None = None
    sender: str | None = None
    again_at: float | None = None
    number_fails: bool = False


def add(  # noqa: PLR0913 - one argument for each thing that its asker alone knows
    connection: Connection, *, sign_in_id: int | None, user_id: int | None, purpose: Purpose, phone: str, locale: str,
    application: str, nonce: bytes | None, code_key: str | None, not_after: float, application_id: int | None = None,
    channel: Channel = Channel.TEXT, via: str | None = None,
) -> int:
    """Put a message for `phone` (E.164) into the caller's transaction and return its id; `post` it after the commit.

    It is not sent after the instant `not_after`, nor once `nonce` is no longer that of the sign-in's live code.
    `via` names the one gateway that it may go by, in use or not.
    """
    at = clock.now()
    added: Any = connection.execute(statements.ADD, {
        "sign_in_id": sign_in_id, "user_id": user_id, "purpose": purpose, "channel": channel, "phone": phone, "locale": locale,
        "application": application, "application_id": application_id, "nonce": nonce, "code_key": code_key,
        "not_after": not_after, "via": via, "state": MessageState.WAITING, "attempts": 0, "created_at": at, "again_at": at,
    })
    return int(added.inserted_primary_key[0])


def post(message_id: int) -> None:
    """Ring the sender's bell for a committed message. A queue that fails is no error: the sweep delivers."""
    try:
        queue.put(message_id)
    except Exception as error:
        log.warning("message %d could not be queued and waits for the sweep: %s", message_id, type(error).__name__)


@dataclass(frozen=True)
class Facing:
    """Where a message that waits is to go: to `phone` (E.164), as a text or a call, and by which gateway if that is said.

    `is_of_use`: its time is not over and its code lives.
    """

    phone: str
    channel: Channel
    via: str | None
    is_of_use: bool


def in_hand(message_id: int) -> bool:
    """Whether that message is still in somebody's hand, its code lives, and nothing is known of it yet."""
    with reading() as connection:
        return connection.execute(statements.IN_HAND, {"the_id": message_id, "instant": clock.now()}).one_or_none() is not None


def facing(message_id: int) -> Facing | None:
    """Where that message is to go, if it waits and it is time; else None. It is not taken in hand."""
    with reading() as connection:
        row = connection.execute(statements.FACING, {"the_id": message_id, "instant": clock.now()}).one_or_none()
    return Facing(row.phone, row.channel, row.via, bool(row.is_of_use)) if row else None


def claim(message_id: int) -> Letter | None:
    """Take a waiting message in hand, or None when it is not to be sent: taken, not due, its code has died, or STOP was said.

    Of any number of senders with the same id exactly one gets it: the UPDATE holds the condition.
    """
    at = {"the_id": message_id, "instant": clock.now()}
    with writing_once() as connection:
        row = connection.execute(statements.CLAIM, at).one_or_none()
    if row:
        return letter(row)
    with writing() as connection:
        ended = connection.execute(statements.STOP, at).all() or connection.execute(statements.EXPIRE, at).all()
        for message in ended:
            _account(connection, message, message.state, reason=message.reason)
        unsent.give_back(connection, ended)
    return None


def let_go(message: Letter) -> None:
    """Put back a message in hand with which nothing was done: it waits as if it had never been taken."""
    with writing_once() as connection:
        connection.execute(statements.LET_GO, {"the_id": message.id, "since": message.claimed_at})


def settle(connection: Connection, message: Letter, outcome: Outcome) -> bool:
    """Write down what became of a message in hand, and account for it. False: it was no longer in hand.

    What a receipt has said meanwhile stays. Nothing is entered in the audit log for a message that goes back to wait: that is
    not an end.
    """
    at, waits = clock.now(), outcome.state is MessageState.WAITING
    state = connection.execute(statements.SETTLE, {
        "the_id": message.id, "since": message.claimed_at, "new_state": outcome.state, "new_reason": outcome.reason,
        "new_gateway": outcome.gateway, "new_sender": outcome.sender, "new_reference": outcome.reference,
        "new_settled_at": None if waits else at, "new_again_at": outcome.again_at or at,
    }).scalar_one_or_none()
    if state is outcome.state and not waits:
        _account(connection, message, outcome.state, reason=outcome.reason, gateway=outcome.gateway)
        # Numbers that do not exist are what an attack has many of.
        if state in NEVER_LEFT and not outcome.number_fails:
            unsent.give_back(connection, [message])
    return state is not None


def _account(
    connection: Connection, message: Any, state: MessageState, *, reason: str | None = None, gateway: str | None = None,
) -> None:
    record(connection, None, entry(message, state, reason=reason))
    measured.settled(connection, message, state=state, gateway=gateway)


def blame_number(connection: Connection, user_id: int | None, phone: str) -> None:
    """Note that the carrier refuses texts to that number, if it is still the user's."""
    connection.execute(statements.FAILING, {"the_id": user_id, "the_phone": phone})


def entry(message: Any, state: MessageState, *, reason: str | None = None, gateway: str | None = None) -> Event:
    """The audit entry that says what became of a message: anything with its `id`, `user_id` and `sign_in_id`."""
    detail = {"message": message.id} | ({"reason": reason} if reason else {}) | ({"gateway": gateway} if gateway else {})
    return Event(event=What.MESSAGE, outcome=state.value, user_id=message.user_id, sign_in_id=message.sign_in_id, detail=detail)
