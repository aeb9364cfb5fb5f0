"""One-time links that somebody was handed."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.columns import Base, Id, Instant, choice


class LinkPurpose(StrEnum):
    """What a link is good for, and nothing else."""

    FIRST_ADMINISTRATOR = "first_administrator"


class Link(Base):
    """A one-time link: a random token, of which the SHA-256 is kept, good once and until an instant."""

    __tablename__ = "link"

    id: Mapped[Id]
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    purpose: Mapped[LinkPurpose] = mapped_column(choice(LinkPurpose))
    created_at: Mapped[Instant]
    expires_at: Mapped[Instant]
    used_at: Mapped[Instant | None]
