"""What has been used of each allowance, in the transaction that uses it; and the counters where there is no Redis."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.columns import Base, Instant


class Allowance(Base):
    """How many texts one subject (a number, a user, an address, a prefix, the portal) has used
    of `ceiling` in the window of `seconds` begun at `started_at`."""

    __tablename__ = "allowance"
    __table_args__ = (CheckConstraint("used >= 0", name="used"),)

    key: Mapped[str] = mapped_column(String(120), primary_key=True)
    started_at: Mapped[Instant]
    seconds: Mapped[int]
    ceiling: Mapped[int]
    used: Mapped[int]


class Counter(Base):
    """A counter that all processes share, on PostgreSQL without Redis. On SQLite it lies in a file beside the database."""

    __tablename__ = "counter"

    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    hits: Mapped[int]
    ends_at: Mapped[Instant]
