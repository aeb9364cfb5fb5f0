"""*Experience login*: an administrator tries the login of an application, beside their own session."""

from __future__ import annotations

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.columns import Base, Id, Instant, big


class Trial(Base):
    """One try of an application's login. Its sign-ins are good for its result page and for nothing else."""

    __tablename__ = "trial"

    id: Mapped[Id]
    application_id: Mapped[int] = mapped_column(big, ForeignKey("application.id", ondelete="CASCADE"), index=True)
    started_by: Mapped[str] = mapped_column(String(200))
    started_at: Mapped[Instant]
    ends_at: Mapped[Instant]
