"""How often did what happen in each hour? Counted from the audit log once, so that no page counts millions of rows."""

from __future__ import annotations

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.columns import Base


class Tally(Base):
    """How often `what` happened in the hour that began `hour` hours after 1970 UTC."""

    __tablename__ = "tally"

    hour: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    what: Mapped[str] = mapped_column(String(64), primary_key=True)
    count: Mapped[int]
