"""How many messages wait to leave, and for how long does the oldest?"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from portal import clock
from portal.database import reading
from portal.models import Message, MessageState
from portal.models.message import OPEN

MOST = 100_000
"""More are not counted."""
LONG = 60.0
"""Seconds after which a message has waited for too long: its code lives five minutes."""


@dataclass(frozen=True)
class Backlog:
    """`depth` messages wait or are being handed over; the oldest of those that wait has done so for `age` seconds, or 0."""

    depth: int
    age: float

    @property
    def is_long(self) -> bool:
        """Whether the oldest has waited for too long."""
        return self.age > LONG


def present() -> Backlog:
    """It, as it is now: two statements on the index of open messages."""
    some = select(Message.id).where(OPEN).limit(MOST).subquery()
    oldest = (select(Message.created_at).where(OPEN, Message.state == MessageState.WAITING)
              .order_by(Message.created_at).limit(1))
    with reading() as connection:
        depth = connection.execute(select(func.count()).select_from(some)).scalar_one()
        since = connection.execute(oldest).scalar()
    return Backlog(depth, 0.0 if since is None else max(0.0, clock.now() - since))
