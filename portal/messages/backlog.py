"""How many messages wait to leave, and for how long does the oldest?"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ScalarSelect, Select, func, select

from portal import clock
from portal.database import reading
from portal.models import Message, MessageState, Purpose
from portal.models.message import OPEN

MOST, MOST_LATE = 100_000, 1_000
"""More are not counted."""
LONG = 60.0
"""Seconds after which a message has waited for too long: its code lives five minutes."""


@dataclass(frozen=True)
class Backlog:
    """`depth` messages wait or are being handed over, `late` of them for too long.

    The oldest of those that wait has done so for `age` seconds; 0 if none does. Tests of gateways count as `depth` alone.
    """

    depth: int
    late: int
    age: float

    @property
    def is_long(self) -> bool:
        """Whether the oldest has waited for too long."""
        return self.age > LONG


def present() -> Backlog:
    """It, as it is now: one statement, on the index of open messages."""
    now = clock.now()
    waiting = select(Message.created_at).where(OPEN, Message.state == MessageState.WAITING, Message.purpose != Purpose.TEST)
    oldest = waiting.order_by(Message.created_at).limit(1).scalar_subquery()
    old = select(Message.id).where(OPEN, Message.created_at < now - LONG, Message.purpose != Purpose.TEST)
    late = _counted(old.limit(MOST_LATE))
    with reading() as connection:
        row = connection.execute(select(_counted(select(Message.id).where(OPEN).limit(MOST)), late, oldest)).one()
    return Backlog(row[0], row[1], 0.0 if row[2] is None else max(0.0, now - row[2]))


def _counted(some: Select[int]) -> ScalarSelect[int]:
    return select(func.count()).select_from(some.subquery()).scalar_subquery()
