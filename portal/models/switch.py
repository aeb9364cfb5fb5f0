"""How the switches stand, who threw each last, and when."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.columns import Base, Instant

PORTAL = "portal"
"""The scope of the global rules; an application's own scope is its id in digits."""
OF_SOURCE, TRUST = "source:", "trust:"
"""What the name of a switch begins with that belongs to one identity source, whose key follows."""


class Switch(Base):
    """One switch that has been thrown at least once. One that has no row stands as it was shipped."""

    __tablename__ = "switch"
    __table_args__ = (CheckConstraint("length(value) > 0", name="value"),)

    scope: Mapped[str] = mapped_column(String(32), primary_key=True)
    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    value: Mapped[str] = mapped_column(String(32))
    previous: Mapped[str | None] = mapped_column(String(32))
    changed_by: Mapped[str | None] = mapped_column(String(200))
    changed_at: Mapped[Instant]
