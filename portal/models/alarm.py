"""What the operator has been, or is to be, woken for."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.columns import Base, Id, Instant, choice

RINGING = text("ended_at IS NULL")


class AlarmKind(StrEnum):
    """What is wrong."""

    GATEWAY = "gateway"
    PREFIX = "prefix"
    CEILING = "ceiling"
    QUEUE = "queue"
    HOOKS = "hooks"


class Alarm(Base):
    """One trouble from `raised_at` until `ended_at`; about one `subject`, a gateway or a prefix, at most one rings.

    `told_at`: when mail and webhook were last told of its beginning, `told_end_at` of its end; `tries` that failed since.
    """

    __tablename__ = "alarm"
    __table_args__ = (
        Index("ix_alarm_ringing", "kind", "subject", unique=True, sqlite_where=RINGING, postgresql_where=RINGING),
        Index("ix_alarm_raised_at", "raised_at"),
    )

    id: Mapped[Id]
    kind: Mapped[AlarmKind] = mapped_column(choice(AlarmKind))
    subject: Mapped[str] = mapped_column(String(80))
    detail: Mapped[str] = mapped_column(String(200))
    raised_at: Mapped[Instant]
    seen_at: Mapped[Instant]
    ended_at: Mapped[Instant | None]
    told_at: Mapped[Instant | None]
    told_end_at: Mapped[Instant | None]
    tries: Mapped[int] = mapped_column(default=0)
