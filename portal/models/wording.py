"""What a text message says, where an administrator has written it anew."""

from __future__ import annotations

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.columns import Base, Instant


class Wording(Base):
    """The words of a code's message in one language: of the portal (the scope `portal`), or of an application (its id in
    digits). `body` has the placeholders of `messages.wording`; the origin-bound last line is never part of it."""

    __tablename__ = "wording"

    scope: Mapped[str] = mapped_column(String(32), primary_key=True)
    language: Mapped[str] = mapped_column(String(8), primary_key=True)
    body: Mapped[str] = mapped_column(String(500))
    version: Mapped[int] = mapped_column(default=1)
    changed_by: Mapped[str | None] = mapped_column(String(200))
    changed_at: Mapped[Instant]
