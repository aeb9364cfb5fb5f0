"""One-time links that somebody was handed."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.columns import Base, Id, Instant, big, choice


class LinkPurpose(StrEnum):
    """What a link is good for, and nothing else."""

    FIRST_ADMINISTRATOR = "first_administrator"
    SET_PASSWORD = "set_password"  # noqa: S105 - a purpose, no secret


class Link(Base):
    """A one-time link: a random token, of which the SHA-256 is kept, good once and until an instant, for one user or for none."""

    __tablename__ = "link"
    __table_args__ = (CheckConstraint("(purpose = 'set_password') = (user_id IS NOT NULL)", name="user"),)

    id: Mapped[Id]
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    purpose: Mapped[LinkPurpose] = mapped_column(choice(LinkPurpose))
    user_id: Mapped[int | None] = mapped_column(big, ForeignKey("user.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[Instant]
    expires_at: Mapped[Instant]
    used_at: Mapped[Instant | None]
