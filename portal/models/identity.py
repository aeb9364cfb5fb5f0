"""Under which identities of outside sources a user is known."""

from __future__ import annotations

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.columns import Base, Id, Instant, big, key


class Identity(Base):
    """One person at one outside source, linked to one user. Matched by issuer and subject alone, never by an email address.

    `called` is what the source calls them, for people to read: it proves nothing.
    """

    __tablename__ = "identity"
    __table_args__ = (UniqueConstraint("source_id", "issuer", "subject", name="uq_identity_subject"),)

    id: Mapped[Id]
    source_id: Mapped[int] = mapped_column(big, ForeignKey("identity_source.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(big, ForeignKey("user.id", ondelete="CASCADE"), index=True)
    issuer: Mapped[str] = mapped_column(key(500))
    subject: Mapped[str] = mapped_column(key(255))
    called: Mapped[str] = mapped_column(String(254))
    linked_at: Mapped[Instant]
    used_at: Mapped[Instant | None]
