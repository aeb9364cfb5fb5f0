"""Whom does a trouble with messages hit: how many did not get theirs for sure since it began, and how many did?"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, distinct, func, or_, select

from portal.messages.reasons import BLAMELESS
from portal.models import AlarmKind, Message, MessageState, Purpose

BEFORE = 120.0
"""Seconds before an alarm in which messages count as well: they are the ones that it was raised for."""
NEWEST = 5_000
"""More are not looked at."""
_LEFT = (MessageState.SENT, MessageState.DELIVERED)
_LOST = (MessageState.FAILED, MessageState.UNKNOWN, MessageState.EXPIRED)


@dataclass(frozen=True)
class Harm:
    """Of the messages of that time, tests not counted: how many surely `left`, were `lost` though no number is to blame, or
    still are `waiting`; and how many `people` the last two are for, by their numbers."""

    people: int
    lost: int
    waiting: int
    left: int


def is_known(kind: AlarmKind, ended_at: float | None) -> bool:
    """Whether the harm of an alarm can be counted: of most, what they keep from going out is no message; and who had to wait
    is known only while they do."""
    return kind is AlarmKind.GATEWAY or (kind is AlarmKind.QUEUE and ended_at is None)


def of(connection: Connection, raised_at: float, ended_at: float | None = None) -> Harm:
    """What came of an alarm that began then, and ended then if it has."""
    when = Message.created_at > raised_at - BEFORE
    if ended_at is not None:
        when &= Message.created_at <= ended_at
    newest = (select(Message.phone, Message.state, Message.reason).where(when, Message.purpose != Purpose.TEST)
              .order_by(Message.created_at.desc()).limit(NEWEST).subquery())
    state, blamed = newest.c.state, func.coalesce(newest.c.reason, "").not_in(BLAMELESS)
    lost, waiting = state.in_(_LOST) & blamed, state.in_((MessageState.WAITING, MessageState.SENDING))
    row = connection.execute(select(
        func.count(distinct(newest.c.phone)).filter(or_(lost, waiting)), func.count().filter(lost),
        func.count().filter(waiting), func.count().filter(state.in_(_LEFT)))).one()
    return Harm(*row)
