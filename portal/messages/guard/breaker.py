"""Who opens and closes a calling code? Texts whose codes do not come back close it, the first code that does opens it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, delete, text

from portal import audit, clock
from portal.audit import Event, What
from portal.database import after_commit
from portal.messages import alarms, standing
from portal.messages.guard import budgets
from portal.messages.guard.doors import DAY, Closed, length
from portal.models import AlarmKind, ClosedPrefix

_CLOSE = text("""
INSERT INTO closed_prefix (prefix, closed_at, closed_until, closings) VALUES (:prefix, :now, :until, 1)
ON CONFLICT (prefix) DO UPDATE SET closed_at = excluded.closed_at, closed_until = excluded.closed_until, closings = 1,
actor = NULL, reason = NULL
WHERE closed_prefix.closed_until <= :lapsed OR (closed_prefix.actor IS NOT NULL AND closed_prefix.closed_until <= :now)
RETURNING closings
""")
_CLOSE_AGAIN = text("""
UPDATE closed_prefix SET closed_at = :now, closed_until = :until, closings = closings + 1
WHERE prefix = :prefix AND closings = :seen AND actor IS NULL AND closed_until <= :now RETURNING closings
""")


def refused(connection: Connection, prefix: str, keys: Sequence[str]) -> None:
    """Close that calling code, if among the budgets that refused a text to it was the breaker's. Of many who see it, one does.

    Nothing is lost by whoever hears of it late: the budget goes on refusing. A ceiling of the day tells the operator.
    """
    if budgets.TODAY in keys:
        detail = "As many messages went out today as may: no more until midnight UTC"
        after_commit(connection, lambda: alarms.ring(None, AlarmKind.CEILING, budgets.TODAY, detail))
    closed = standing.current().closed.get(prefix)
    if f"{budgets.UNVERIFIED}{prefix}" in keys:
        _close(connection, prefix, None)
    elif closed and any(key.startswith(budgets.TRIAL) for key in keys):
        _close(connection, prefix, closed)


def _close(connection: Connection, prefix: str, before: Closed | None) -> None:
    now = clock.now()
    until = now + length(before.closings + 1 if before else 1)
    values = {"prefix": prefix, "now": now, "until": until}
    done = connection.execute(_CLOSE_AGAIN, values | {"seen": before.closings}) if before else connection.execute(
        _CLOSE, values | {"lapsed": now - DAY})
    if (closings := done.scalar()) is None:
        return
    minutes = round((until - now) / 60)
    detail = {"prefix": prefix, "closings": closings, "minutes": minutes}
    audit.record(connection, None, Event(event=What.PREFIX_CLOSED, outcome="breaker", detail=detail))
    alarms.ring(connection, AlarmKind.PREFIX, prefix.removeprefix("+"),
                f"Codes that went to new numbers do not come back: closed to them for {minutes} min")
    after_commit(connection, standing.forget)


def verified(connection: Connection, prefix: str) -> None:
    """A code came back from a new number of that calling code: it opens what the breaker closed.

    The table is asked, not what this process knows: the calling code may have been closed a moment ago in another.
    """
    gone = delete(ClosedPrefix).where(ClosedPrefix.prefix == prefix, ClosedPrefix.actor.is_(None))
    if connection.execute(gone).rowcount:
        audit.record(connection, None, Event(event=What.PREFIX_OPENED, outcome="code came back", detail={"prefix": prefix}))
        opened(connection, prefix)


def let_go(connection: Connection) -> None:
    """Open all that the breaker closed: it is off. What a person closed stays as it is."""
    closed = delete(ClosedPrefix).where(ClosedPrefix.actor.is_(None)).returning(ClosedPrefix.prefix)
    for prefix in connection.execute(closed).scalars().all():
        opened(connection, prefix)


def opened(connection: Connection, prefix: str) -> None:
    """What follows when a calling code is open again, whoever opened it: nothing rings, and everybody hears of it."""
    alarms.end(connection, AlarmKind.PREFIX, prefix.removeprefix("+"))
    after_commit(connection, standing.forget)
