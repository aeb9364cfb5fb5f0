"""A person opens or closes a calling code: how is it written, and who is told?"""

from __future__ import annotations

from sqlalchemy import Connection, delete, select, text

from portal import audit, clock
from portal.audit import Event, What
from portal.database import after_commit, writing
from portal.messages import allowances, standing
from portal.messages.guard import breaker, budgets
from portal.messages.guard.doors import Closed, Door, door
from portal.models import ClosedPrefix
from portal.trace import Actor, Client

_CLOSE = text("""
INSERT INTO closed_prefix (prefix, closed_at, closed_until, closings, actor, reason)
VALUES (:prefix, :now, :until, 1, :actor, :reason)
ON CONFLICT (prefix) DO UPDATE SET closed_at = excluded.closed_at, closed_until = excluded.closed_until, closings = 1,
actor = excluded.actor, reason = excluded.reason
""")


def close(prefix: str, client: Client, *, seconds: float, reason: str, actor: Actor) -> None:
    """Send nothing to new numbers of that calling code for so long; a code that comes back opens it no sooner."""
    now = clock.now()
    with writing() as connection:
        connection.execute(_CLOSE, {"prefix": prefix, "now": now, "until": now + seconds, "actor": actor.name, "reason": reason})
        detail = {"prefix": prefix, "minutes": round(seconds / 60), "why": reason}
        audit.record(connection, client, Event(event=What.PREFIX_CLOSED, outcome="by hand", actor=actor, detail=detail))
        after_commit(connection, standing.forget)


def reopen(prefix: str, client: Client, *, reason: str, actor: Actor) -> bool:
    """Send to new numbers of that calling code again, and count anew which codes come back. False if it was not closed."""
    with writing() as connection:
        if door(_closed(connection, prefix), clock.now()) is Door.OPEN:
            return False
        # In the order in which a text that is asked for locks them.
        allowances.forget(connection, [f"{budgets.UNVERIFIED}{prefix}"])
        connection.execute(delete(ClosedPrefix).where(ClosedPrefix.prefix == prefix))
        detail = {"prefix": prefix, "why": reason}
        audit.record(connection, client, Event(event=What.PREFIX_OPENED, outcome="by hand", actor=actor, detail=detail))
        breaker.opened(connection, prefix)
    return True


def _closed(connection: Connection, prefix: str) -> Closed | None:
    columns = select(ClosedPrefix.closed_until, ClosedPrefix.closings, ClosedPrefix.actor)
    row = connection.execute(columns.where(ClosedPrefix.prefix == prefix)).first()
    return Closed(row.closed_until, row.closings, row.actor is not None) if row else None
