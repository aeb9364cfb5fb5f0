"""Which messages wait, and who has one in hand? The row in the database is the truth, the queue only a bell."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, and_, bindparam, case, func, insert, not_, or_, select, update

from portal import clock
from portal.audit import Event, What, record
from portal.database import reading, writing, writing_once
from portal.messages import measured, queue
from portal.messages.guard import unsent
from portal.messages.reasons import Reason
from portal.messages.writing import COLUMNS, Letter, letter
from portal.models import Channel, Message, MessageState, OptOut, PhoneState, Purpose, SignIn, State, User
from portal.models.columns import table

log = logging.getLogger(__name__)

AFTERWARDS = (MessageState.UNKNOWN, MessageState.SENT, MessageState.FAILED, MessageState.DELIVERED)
"""The states of a message that was in hand, the less certain first: none gives way to one before it."""

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


_ADD = insert(table(Message))
_CODE_LIVES = or_(
    Message.purpose == Purpose.TEST,
    select(SignIn.id)
    .where(SignIn.id == Message.sign_in_id, SignIn.code_nonce == Message.nonce, SignIn.state == State.AWAITING_CODE)
    .correlate(Message)
    .exists(),
)
_DUE = (
    Message.id == bindparam("the_id"),
    Message.state == MessageState.WAITING,
    Message.again_at <= bindparam("instant"),
)
_IS_OF_USE = and_(Message.not_after > bindparam("instant"), _CODE_LIVES)
_FACING = select(Message.phone, Message.channel, Message.via, _IS_OF_USE.label("is_of_use")).where(*_DUE)
_IN_HAND = select(Message.id).where(
    Message.id == bindparam("the_id"), Message.state == MessageState.SENDING, _IS_OF_USE)
# STOP is an answer to texts. Whoever presses the button that has them called wants that call.
_STOPPED = and_(
    Message.channel == Channel.TEXT, select(OptOut.phone).where(OptOut.phone == Message.phone).correlate(Message).exists())
_CLAIM = (
    update(Message)
    .where(*_DUE, _IS_OF_USE, ~_STOPPED)
    .values(state=MessageState.SENDING, claimed_at=bindparam("instant"), attempts=Message.attempts + 1)
    .returning(*COLUMNS)
)
_ENDED = (Message.id, Message.user_id, Message.sign_in_id, Message.purpose, Message.state, Message.reason, Message.phone)
_STOP = (
    update(Message)
    .where(*_DUE, _IS_OF_USE, _STOPPED)
    .values(state=MessageState.FAILED, reason=Reason.STOPPED, settled_at=bindparam("instant"))
    .returning(*_ENDED)
)
# Whoever had it in hand may have let it go since the claim failed: then it lives, and waits.
_EXPIRE = (
    update(Message)
    .where(*_DUE, not_(_IS_OF_USE))
    .values(state=MessageState.EXPIRED, settled_at=bindparam("instant"))
    .returning(*_ENDED)
)
# Whoever cannot know whether the database heard them says it again. By then it may wait, and be in somebody else's hand.
_HELD = and_(Message.state == MessageState.SENDING, Message.claimed_at == bindparam("since"))
_LET_GO = (
    update(Message)
    .where(Message.id == bindparam("the_id"), _HELD)
    .values(state=MessageState.WAITING, claimed_at=None, attempts=Message.attempts - 1)
)
# A receipt may come before the answer of the gateway has been written down: what became of the message is then known better.
_TOLD = and_(Message.settled_at.is_(None), Message.receipt_at.is_not(None), Message.state.in_(AFTERWARDS))
_SETTLE = (
    update(Message)
    .where(Message.id == bindparam("the_id"), or_(_HELD, _TOLD))
    .values(
        state=case((_HELD, bindparam("new_state", type_=Message.state.type)), else_=Message.state),
        reason=case((_HELD, bindparam("new_reason", type_=Message.reason.type)), else_=Message.reason),
        gateway=bindparam("new_gateway"), sender=bindparam("new_sender"),
        reference=func.coalesce(bindparam("new_reference", type_=Message.reference.type), Message.reference),
        settled_at=bindparam("new_settled_at"), again_at=bindparam("new_again_at"),
    )
    .returning(Message.state)
)
_FAILING = (
    update(User)
    .where(User.id == bindparam("the_id"), User.phone == bindparam("the_phone"))
    .values(phone_state=PhoneState.FAILING)
)


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
    added: Any = connection.execute(_ADD, {
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
        return connection.execute(_IN_HAND, {"the_id": message_id, "instant": clock.now()}).one_or_none() is not None


def facing(message_id: int) -> Facing | None:
    """Where that message is to go, if it waits and it is time; else None. It is not taken in hand."""
    with reading() as connection:
        row = connection.execute(_FACING, {"the_id": message_id, "instant": clock.now()}).one_or_none()
    return Facing(row.phone, row.channel, row.via, bool(row.is_of_use)) if row else None


def claim(message_id: int) -> Letter | None:
    """Take a waiting message in hand, or None when it is not to be sent: taken, not due, its code has died, or STOP was said.

    Of any number of senders with the same id exactly one gets it: the UPDATE holds the condition.
    """
    at = {"the_id": message_id, "instant": clock.now()}
    with writing_once() as connection:
        row = connection.execute(_CLAIM, at).one_or_none()
    if row:
        return letter(row)
    with writing() as connection:
        if dead := connection.execute(_STOP, at).one_or_none() or connection.execute(_EXPIRE, at).one_or_none():
            _account(connection, dead, dead.state, reason=dead.reason)
            unsent.give_back(connection, [dead])
    return None


def let_go(message: Letter) -> None:
    """Put back a message in hand with which nothing was done: it waits as if it had never been taken."""
    with writing_once() as connection:
        connection.execute(_LET_GO, {"the_id": message.id, "since": message.claimed_at})


def settle(connection: Connection, message: Letter, outcome: Outcome) -> bool:
    """Write down what became of a message in hand, and account for it. False: it was no longer in hand.

    What a receipt has said meanwhile stays. Nothing is entered in the audit log for a message that goes back to wait: that is
    not an end.
    """
    at, waits = clock.now(), outcome.state is MessageState.WAITING
    state = connection.execute(_SETTLE, {
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
    connection.execute(_FAILING, {"the_id": user_id, "the_phone": phone})


def entry(message: Any, state: MessageState, *, reason: str | None = None, gateway: str | None = None) -> Event:
    """The audit entry that says what became of a message: anything with its `id`, `user_id` and `sign_in_id`."""
    detail = {"message": message.id} | ({"reason": reason} if reason else {}) | ({"gateway": gateway} if gateway else {})
    return Event(event=What.MESSAGE, outcome=state.value, user_id=message.user_id, sign_in_id=message.sign_in_id, detail=detail)
