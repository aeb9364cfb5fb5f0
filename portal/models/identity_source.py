"""The ways to prove the first factor: password, scanned code, and whatever outside source an administrator adds."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.columns import Base, Id, Instant, choice, key


class SourceKind(StrEnum):
    """What answers for the person. OAUTH: GitHub and its like, which tell who somebody is over an interface of their own."""

    PASSWORD = "password"  # noqa: S105 - a source, no secret
    SCAN = "scan"
    OIDC = "oidc"
    OAUTH = "oauth"
    LDAP = "ldap"


class IdentitySource(Base):
    """One identity source. Password and scan have their row from the beginning, and are neither added nor deleted.

    `name` stands in addresses and, behind the kind, in records and switches. `position` orders them on the login page, where
    the `preferred` one, at most one, is the single button that leads. `settings` are those of its kind; `secret` is sealed
    with the key that `secret_key` names.
    """

    __tablename__ = "identity_source"
    __table_args__ = (
        CheckConstraint("kind <> 'password' OR enabled", name="password_enabled"),
        CheckConstraint("(secret IS NULL) = (secret_key IS NULL)", name="secret_with_key"),
        Index("ix_identity_source_preferred", "preferred", unique=True, sqlite_where=text("preferred IS 1"),
              postgresql_where=text("preferred IS true")),
    )

    id: Mapped[Id]
    kind: Mapped[SourceKind] = mapped_column(choice(SourceKind))
    name: Mapped[str] = mapped_column(key(40), unique=True)
    title: Mapped[str] = mapped_column(String(80))
    position: Mapped[int]
    enabled: Mapped[bool] = mapped_column(default=True)
    preferred: Mapped[bool] = mapped_column(default=False)
    settings: Mapped[dict[str, Any]] = mapped_column(JSON)
    secret: Mapped[bytes | None] = mapped_column(LargeBinary)
    secret_key: Mapped[str | None] = mapped_column(String(16))
    created_at: Mapped[Instant]
    version: Mapped[int] = mapped_column(default=1)
