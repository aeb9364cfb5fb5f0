"""Of which alarms is the operator to be told now? Of each when it begins, every few hours while it rings, and when it is over."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, delete, or_, select, update

from portal import clock
from portal.messages.alarms import harm
from portal.messages.alarms.words import News
from portal.models import Alarm, AlarmKind

URGENT = frozenset({AlarmKind.GATEWAY, AlarmKind.CEILING, AlarmKind.QUEUE})
"""What keeps people outside. Of the others strangers can raise many at once, which must not keep these from being told."""
AGAIN_AFTER = 6 * 3_600.0
FIRST_PAUSE, MOST_TRIES = 30.0, 6
"""Between tries that nobody heard: 30 seconds, then each time twice as long; after six, not until it is told again anyway."""
MOST_AT_ONCE = 20
KEPT = 180 * 86_400.0


def found(connection: Connection) -> list[Any]:
    """Those rows, the urgent and then the oldest first; further ones the next time."""
    now = clock.now()
    begins = Alarm.ended_at.is_(None) & or_(Alarm.told_at.is_(None), Alarm.told_at < now - AGAIN_AFTER)
    ends = Alarm.ended_at.is_not(None) & Alarm.told_end_at.is_(None)
    columns = (Alarm.id, Alarm.kind, Alarm.subject, Alarm.detail, Alarm.raised_at, Alarm.ended_at, Alarm.told_at, Alarm.tries)
    rows = connection.execute(select(*columns).where(or_(begins, ends)).order_by(Alarm.id).limit(1_000)).all()
    ready = [row for row in rows if _since(row) + _pause(row.tries) <= now]
    return sorted(ready, key=lambda row: row.kind not in URGENT)[:MOST_AT_ONCE]


def news(connection: Connection, row: Any) -> News:
    """What is told of it."""
    hit = harm.of(connection, row.raised_at, row.ended_at) if harm.is_known(row.kind, row.ended_at) else None
    return News(kind=row.kind, subject=row.subject, detail=row.detail, raised_at=row.raised_at, ended_at=row.ended_at,
                again=row.told_at is not None, harm=hit)


def heard(connection: Connection, rows: Sequence[Any]) -> None:
    """Write down that somebody was told."""
    _mark(connection, rows, tries=0)


def not_heard(connection: Connection, rows: Sequence[Any]) -> None:
    """Write down that nobody was; of those that were tried often enough, that it is given up."""
    given_up = [row for row in rows if row.tries + 1 >= MOST_TRIES]
    _mark(connection, given_up, tries=MOST_TRIES)
    others = [row.id for row in rows if row not in given_up]
    connection.execute(update(Alarm).where(Alarm.id.in_(others)).values(tries=Alarm.tries + 1))


def tidy(connection: Connection) -> None:
    """Forget those that were over long ago."""
    connection.execute(delete(Alarm).where(Alarm.ended_at < clock.now() - KEPT))


def _mark(connection: Connection, rows: Sequence[Any], *, tries: int) -> None:
    """One that ended since it was read is told of again: that it is over."""
    now = clock.now()
    over, rings = ([row.id for row in rows if (row.ended_at is not None) is ended] for ended in (True, False))
    connection.execute(update(Alarm).where(Alarm.id.in_(over)).values(told_end_at=now, tries=tries))
    connection.execute(update(Alarm).where(Alarm.id.in_(rings)).values(told_at=now, tries=tries))


def _since(row: Any) -> float:
    if row.ended_at is not None:
        return float(row.ended_at)
    return float(row.raised_at if row.told_at is None else row.told_at + AGAIN_AFTER)


def _pause(tries: int) -> float:
    return FIRST_PAUSE * (2.0 ** min(tries, MOST_TRIES) - 1) if tries < MOST_TRIES else 0.0
