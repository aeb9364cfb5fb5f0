"""What has happened to this person, and who deleted them? Their part of the audit log."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, select

from portal import keyset
from portal.audit import What
from portal.database import reading
from portal.keyset import Count, Order, Page
from portal.models import Application, AuditEntry
from portal.models.columns import table

_ID = table(AuditEntry).c.id
_ENTRIES = (
    select(AuditEntry.id, AuditEntry.at, AuditEntry.event, AuditEntry.outcome, AuditEntry.actor, AuditEntry.address,
           AuditEntry.agent, AuditEntry.detail, Application.name.label("application"))
    .outerjoin(Application, Application.id == AuditEntry.application_id)
)
_DELETION: Select[Any] = select(*(table(AuditEntry).c[name] for name in ("actor", "at")))


@dataclass(frozen=True)
class Trail:
    """One page of a person's entries, newest first, and how many there are."""

    page: Page
    count: Count


def of_user(user_id: int, cursor: str | None) -> Trail:
    """The entries about that user."""
    where = AuditEntry.user_id == user_id
    order = Order(id=_ID, descending=True)
    with reading(planned_anew=True) as connection:
        page = keyset.page(connection, _ENTRIES.where(where), order, cursor=cursor)
        return Trail(page, keyset.count(connection, select(AuditEntry.id).where(where)))


def deletion(user_id: int) -> Row[Any] | None:
    """Who deleted that user and when, as far as the log goes back; None for somebody who never was."""
    deleted = (AuditEntry.user_id == user_id) & (AuditEntry.event == What.USER_DELETED) & (AuditEntry.outcome == "ok")
    with reading(planned_anew=True) as connection:
        # From the end: of somebody who is gone, hardly an entry came later.
        return connection.execute(_DELETION.where(deleted).order_by(_ID.desc()).limit(1)).first()
