"""What happened: the audit log's rows."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.columns import Base, Id, Instant, big


class AuditEntry(Base):
    """One security event, written once. Ids are not foreign keys: an entry outlives whom it speaks of."""

    __tablename__ = "audit_entry"
    __table_args__ = (Index("ix_audit_entry_user_id", "user_id", "id"),)

    id: Mapped[Id]
    at: Mapped[Instant]
    event: Mapped[str] = mapped_column(String(48))
    outcome: Mapped[str] = mapped_column(String(32))
    user_id: Mapped[int | None] = mapped_column(big)
    actor: Mapped[str | None] = mapped_column(String(200))
    sign_in_id: Mapped[int | None] = mapped_column(big)
    application_id: Mapped[int | None] = mapped_column(big)
    address: Mapped[str | None] = mapped_column(String(64))
    agent: Mapped[str | None] = mapped_column(String(256))
    request_id: Mapped[str | None] = mapped_column(String(36))
    detail: Mapped[dict[str, Any]] = mapped_column(JSON)
