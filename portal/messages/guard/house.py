"""What of the guard is over? Closings that nobody needs any more, and alarms whose trouble has passed."""

from __future__ import annotations

from sqlalchemy import Connection, delete

from portal import clock
from portal.database import writing
from portal.messages import alarms, standing
from portal.messages.guard import breaker
from portal.messages.guard.doors import DAY, Door, door
from portal.models import AlarmKind, ClosedPrefix


def turn() -> None:
    """Put in order what has passed by itself; without a statement where nothing has."""
    now = clock.now()
    over = [prefix for prefix, closed in standing.current().closed.items() if door(closed, now) is Door.OPEN]
    passed = [alarm.subject for alarm in alarms.ringing() if alarm.kind is AlarmKind.CEILING and alarm.seen_at < now - now % DAY]
    if not over and not passed:
        return
    with writing() as connection:
        for prefix in over:
            _forget(connection, prefix, now)
        for subject in passed:
            alarms.end(connection, AlarmKind.CEILING, subject)


def _forget(connection: Connection, prefix: str, now: float) -> None:
    lapsed = (ClosedPrefix.closed_until <= now - DAY) | (ClosedPrefix.actor.is_not(None) & (ClosedPrefix.closed_until <= now))
    if connection.execute(delete(ClosedPrefix).where(ClosedPrefix.prefix == prefix, lapsed)).rowcount:
        breaker.opened(connection, prefix)
