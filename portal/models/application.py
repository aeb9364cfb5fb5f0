"""What relies on the portal: applications."""

from __future__ import annotations

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.columns import Base, Id, Instant


class Application(Base):
    """Something that relies on the portal. With `customises` on, rules of its own are in force for it."""

    __tablename__ = "application"

    id: Mapped[Id]
    client_id: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    customises: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[Instant]
