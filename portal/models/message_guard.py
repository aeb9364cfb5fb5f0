"""What stands against messages: numbers that want none, prefixes that are closed, and the rules that an administrator set."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.columns import Base, Instant, key


class OptOut(Base):
    """A number (E.164) whose holder answered STOP, to which gateway, and when. START takes it away."""

    __tablename__ = "opt_out"

    phone: Mapped[str] = mapped_column(key(16), primary_key=True)
    gateway: Mapped[str | None] = mapped_column(String(32))
    stopped_at: Mapped[Instant]


class ClosedPrefix(Base):
    """A calling code to whose unproven numbers no message goes: until `closed_until`, then a few to try.

    `closings` in a row make each last longer. `actor` and `reason` are set where a person closed it.
    """

    __tablename__ = "closed_prefix"

    prefix: Mapped[str] = mapped_column(key(8), primary_key=True)
    closed_at: Mapped[Instant]
    closed_until: Mapped[Instant]
    closings: Mapped[int]
    actor: Mapped[str | None] = mapped_column(String(200))
    reason: Mapped[str | None] = mapped_column(String(200))


class MessageSetting(Base):
    """What an administrator set about messages, under one name; `version` grows with each change."""

    __tablename__ = "message_setting"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[dict[str, Any]] = mapped_column(JSON)
    version: Mapped[int] = mapped_column(default=1)
    changed_by: Mapped[str | None] = mapped_column(String(200))
    changed_at: Mapped[Instant]
