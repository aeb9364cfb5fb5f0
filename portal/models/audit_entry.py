"""What happened: the audit log's rows."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.columns import Base, Id, Instant, big


def _where(column: str, condition: str) -> Index:
    """An index of the entries that have something there: most have not, and each sign-in writes six."""
    return Index(f"ix_audit_entry_{column}", column, "id", sqlite_where=text(condition), postgresql_where=text(condition))


class AuditEntry(Base):
    """One security event, written once. Ids are not foreign keys: an entry outlives whom it speaks of.

    `actor` is who acted as records call them, `actor_id` their account if they have one here.
    """

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index("ix_audit_entry_user_id", "user_id", "id"),
        Index("ix_audit_entry_at", "at"),
        Index("ix_audit_entry_event", "event", "id"),
        _where("actor_id", "actor_id IS NOT NULL"),
        _where("application_id", "application_id IS NOT NULL"),
        _where("outcome", "outcome <> 'ok'"),
    )

    id: Mapped[Id]
    at: Mapped[Instant]
    event: Mapped[str] = mapped_column(String(48))
    outcome: Mapped[str] = mapped_column(String(32))
    user_id: Mapped[int | None] = mapped_column(big)
    actor: Mapped[str | None] = mapped_column(String(200))
    actor_id: Mapped[int | None] = mapped_column(big)
    sign_in_id: Mapped[int | None] = mapped_column(big)
    application_id: Mapped[int | None] = mapped_column(big)
    address: Mapped[str | None] = mapped_column(String(64))
    agent: Mapped[str | None] = mapped_column(String(256))
    request_id: Mapped[str | None] = mapped_column(String(36))
    detail: Mapped[dict[str, Any]] = mapped_column(JSON)
