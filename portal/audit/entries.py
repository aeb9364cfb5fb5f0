"""How does an event become a row of the audit log?"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, insert

from portal import clock, metrics, trace
from portal.audit import measured
from portal.audit.events import Event
from portal.database import after_commit, writing
from portal.models import AuditEntry
from portal.models.columns import table

_INSERT = insert(table(AuditEntry))


def record(connection: Connection, client: trace.Client | None, *events: Event) -> None:
    """Write the events in the caller's transaction, so that nothing happens without its entry, nor the reverse."""
    connection.execute(_INSERT, [_row(event, client) for event in events])
    if metrics.wanted() and not (client and client.trial):
        after_commit(connection, lambda: measured.count(events))


def note(client: trace.Client, event: Event) -> None:
    """Write one event in a transaction of its own: a refusal that changes nothing else."""
    with writing() as connection:
        record(connection, client, event)


def _row(event: Event, client: trace.Client | None) -> dict[str, Any]:
    return {
        "at": clock.now(), "event": event.event.value, "outcome": event.outcome, "user_id": event.user_id,
        "actor": event.actor.name if event.actor else None, "actor_id": event.actor.user_id if event.actor else None,
        "sign_in_id": event.sign_in_id, "application_id": event.application_id, "detail": _detail(event, client),
        "address": client.address if client else None, "agent": client.agent if client else None,
        "request_id": trace.request_id.get(),
    }


def _detail(event: Event, client: trace.Client | None) -> dict[str, Any]:
    """What is a try of an application's login says so, in every entry: nobody came in by it, and nothing counts it."""
    return event.detail | {"trial": client.trial.id} if client and client.trial else event.detail
