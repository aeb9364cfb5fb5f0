"""Which process does a job that only one may do, and when was it last heard of?"""

from __future__ import annotations

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.columns import Base, Instant


class Lease(Base):
    """A job taken by one holder until an instant; `beat_at` is the last sign of life of any holder."""

    __tablename__ = "lease"

    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    holder: Mapped[str] = mapped_column(String(64))
    held_until: Mapped[Instant]
    beat_at: Mapped[Instant]
