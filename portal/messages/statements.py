"""What is asked of the rows of messages on their way? Each statement is built once, and holds the condition on which it acts."""

from __future__ import annotations

from sqlalchemy import and_, bindparam, case, func, insert, not_, or_, select, update

from portal.messages.reasons import Reason
from portal.messages.writing import COLUMNS
from portal.models import Channel, Message, MessageState, OptOut, PhoneState, Purpose, SignIn, State, User
from portal.models.columns import table

AFTERWARDS = (MessageState.UNKNOWN, MessageState.SENT, MessageState.FAILED, MessageState.DELIVERED)
"""The states of a message that was in hand, the less certain first: none gives way to one before it."""

ADD = insert(table(Message))
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
FACING = select(Message.phone, Message.channel, Message.via, _IS_OF_USE.label("is_of_use")).where(*_DUE)
IN_HAND = select(Message.id).where(
    Message.id == bindparam("the_id"), Message.state == MessageState.SENDING, _IS_OF_USE)
# STOP is an answer to texts. Whoever presses the button that has them called wants that call.
_STOPPED = and_(
    Message.channel == Channel.TEXT, select(OptOut.phone).where(OptOut.phone == Message.phone).correlate(Message).exists())
CLAIM = (
    update(Message)
    .where(*_DUE, _IS_OF_USE, ~_STOPPED)
    .values(state=MessageState.SENDING, claimed_at=bindparam("instant"), attempts=Message.attempts + 1)
    .returning(*COLUMNS)
)
_ENDED = (Message.id, Message.user_id, Message.sign_in_id, Message.purpose, Message.state, Message.reason, Message.phone)
STOP = (
    update(Message)
    .where(*_DUE, _IS_OF_USE, _STOPPED)
    .values(state=MessageState.FAILED, reason=Reason.STOPPED, settled_at=bindparam("instant"))
    .returning(*_ENDED)
)
# Whoever had it in hand may have let it go since the claim failed: then it lives, and waits.
EXPIRE = (
    update(Message)
    .where(*_DUE, not_(_IS_OF_USE))
    .values(state=MessageState.EXPIRED, settled_at=bindparam("instant"))
    .returning(*_ENDED)
)
# Whoever cannot know whether the database heard them says it again. By then it may wait, and be in somebody else's hand.
_HELD = and_(Message.state == MessageState.SENDING, Message.claimed_at == bindparam("since"))
LET_GO = (
    update(Message)
    .where(Message.id == bindparam("the_id"), _HELD)
    .values(state=MessageState.WAITING, claimed_at=None, attempts=Message.attempts - 1)
)
# A receipt may come before the answer of the gateway has been written down: what became of the message is then known better.
_TOLD = and_(Message.settled_at.is_(None), Message.receipt_at.is_not(None), Message.state.in_(AFTERWARDS))
SETTLE = (
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
FAILING = (
    update(User)
    .where(User.id == bindparam("the_id"), User.phone == bindparam("the_phone"))
    .values(phone_state=PhoneState.FAILING)
)
