"""What relies on the portal: applications."""

from __future__ import annotations

from sqlalchemy import JSON, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.columns import Base, Id, Instant, key


class Application(Base):
    """Something that relies on the portal. With `customises` on, rules of its own are in force for it.

    `logo` is a small PNG of our own making; `colour` is `#rrggbb`; `hidden_sources` are the identity sources, by their keys,
    that nobody comes in by through it. An id is never given twice: records outlive their application.
    """

    __tablename__ = "application"
    __table_args__ = (
        # In the words of the filter: of few among many, behind their logos.
        Index("ix_application_customises", "name_key", sqlite_where=text("customises IS 1"),
              postgresql_where=text("customises IS true")),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[Id]
    client_id: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    name_key: Mapped[str] = mapped_column(key(160), unique=True)
    home_address: Mapped[str | None] = mapped_column(String(500))
    logo: Mapped[bytes | None] = mapped_column(LargeBinary)
    colour: Mapped[str | None] = mapped_column(String(7))
    hidden_sources: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    customises: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[Instant]
    version: Mapped[int] = mapped_column(default=1, server_default="1")
