"""What is made of news of a message? They lift its state and never lower it, so that order and repeats make no difference.

Nothing that decides a sign-in is written here: what a carrier says is no proof of anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, case, false, func, or_, update

from portal import clock
from portal.audit import record
from portal.database import writing
from portal.messages import measured, opt_outs, outbox, reasons, statements
from portal.messages.guard import ledger
from portal.messages.reasons import Reason
from portal.messages.receipts import plain
from portal.messages.receipts.news import News
from portal.models import Message, MessageState, Purpose

_AFTER = dict(zip((MessageState.SENDING, *statements.AFTERWARDS), range(5), strict=True))
_FOR_GOOD, _NEVER_SENT = 5, 9
# Behind an answering machine the call is "completed" all the same, and whoever was called knows no code.
_rank = case(
    (and_(Message.state == MessageState.FAILED, Message.reason == Reason.MACHINE), _FOR_GOOD),
    *((Message.state == state, rank) for state, rank in _AFTER.items()),
    else_=_NEVER_SENT,
)
_LAST = "zz"
"""Behind every reason, as every database sorts."""
_order = case((Message.reason == Reason.NOT_DELIVERED, _LAST), else_=func.coalesce(Message.reason, _LAST))
_TOLD = (Message.id, Message.user_id, Message.sign_in_id, Message.purpose, Message.phone, Message.settled_at,
         Message.delivered_at)


def apply(news: News, gateways: Sequence[str], *, signed: bool) -> None:
    """Write down what is new of it, of a message that went by one of these gateways. News of any other message is nobody's."""
    which = _which(news, gateways, signed=signed)
    if which is None or (news.state is None and news.price is None):
        return
    with writing() as connection:
        if news.state is not None:
            _lift(connection, news, news.state, which, signed=signed)
        if news.price is not None:
            _charge(connection, news, which)


def _which(news: News, gateways: Sequence[str], *, signed: bool) -> ColumnElement[bool] | None:
    """The message that is meant; None if none is named. Its name of ours is not enough where the gateway's own differs.

    It is never enough without a signature: ours are numbers that anybody can count, with which strangers could have the
    numbers of others fail, and the money of a day be spent.
    """
    if not signed and news.reference is None:
        return None
    ours = or_(Message.settled_at.is_(None), Message.gateway.is_(None), Message.gateway.in_(gateways))
    if news.message_id is not None:
        unnamed = Message.reference.is_(None) if signed else false()
        return and_(Message.id == news.message_id, ours, or_(unnamed, Message.reference == news.reference))
    return and_(Message.reference == news.reference, ours) if news.reference is not None else None


def _lift(connection: Connection, news: News, state: MessageState, which: ColumnElement[bool], *, signed: bool) -> None:
    row = connection.execute(_lifting(news, state, which)).one_or_none()
    if row is None or state not in (MessageState.FAILED, MessageState.DELIVERED):
        return
    record(connection, None, outbox.entry(row, state, reason=news.reason, gateway=row.gateway))
    if state is MessageState.DELIVERED:
        seconds = row.delivered_at - row.settled_at if row.settled_at else None
        measured.delivered(connection, row, gateway=row.gateway, seconds=seconds)
    else:
        measured.settled(connection, row, state=state, gateway=row.gateway)
    if news.reason in reasons.OF_NUMBER and row.purpose is Purpose.LOGIN:
        outbox.blame_number(connection, row.user_id, row.phone)
    if news.reason == Reason.STOPPED and signed:
        opt_outs.stop(connection, row.phone, row.gateway, at=clock.now())


def _lifting(news: News, state: MessageState, which: ColumnElement[bool]) -> Any:
    """One statement that holds its condition: of two that come at once, one is first and the other sees what it wrote."""
    now, rank = clock.now(), _FOR_GOOD if news.reason == Reason.MACHINE else _AFTER[state]
    changed: dict[str, Any] = {
        "state": state, "reason": news.reason, "receipt_at": now,
        "reference": func.coalesce(Message.reference, news.reference)}
    if state is MessageState.DELIVERED:
        changed["delivered_at"] = _no_sooner_than_asked_for(news.at, now)
    return update(Message).where(which, _is_lifted(news, rank)).values(changed).returning(*_TOLD, Message.gateway)


def _is_lifted(news: News, rank: int) -> ColumnElement[bool]:
    """Of two failures the same one stays, whichever comes first: one that is explained, else the first in the alphabet."""
    if news.state is not MessageState.FAILED:
        return _rank < rank
    explained = and_(Message.receipt_at.is_not(None), _rank == rank, _order > _explains(news.reason))
    return or_(_rank < rank, explained)


def _explains(reason: str | None) -> str:
    return _LAST if reason == Reason.NOT_DELIVERED else reason or _LAST


def _no_sooner_than_asked_for(at: float | None, now: float) -> ColumnElement[float]:
    believed = plain.believed(at, now)
    return case((Message.created_at > believed, Message.created_at), else_=believed)


def _charge(connection: Connection, news: News, which: ColumnElement[bool]) -> None:
    """The first price that is said is the message's; further ones repeat it. A text of ours is one part, and its price whole."""
    priced = update(Message).where(which, Message.price.is_(None), _rank != _NEVER_SENT).values(
        price=news.price, currency=news.currency, receipt_at=clock.now()).returning(Message.price, Message.currency)
    if row := connection.execute(priced).one_or_none():
        ledger.spent(connection, row.price, row.currency)
