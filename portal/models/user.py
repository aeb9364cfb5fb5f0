"""Who may come in: the user pool."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.columns import Base, Id, Instant, choice


class Role(StrEnum):
    """What a user may do in the console. Users without one have no business there."""

    ADMINISTRATOR = "administrator"


class PhoneState(StrEnum):
    """What is known of a bound number."""

    UNPROVEN = "not proven"
    PROVEN = "proven"
    FAILING = "failing"


class User(Base):
    """A person in the user pool. Identifiers are kept as typed for people and as keys for exact, unique look-up."""

    __tablename__ = "user"
    __table_args__ = (
        CheckConstraint("username_key IS NOT NULL OR email_key IS NOT NULL OR phone IS NOT NULL", name="has_identifier"),
        CheckConstraint("(username IS NULL) = (username_key IS NULL)", name="username_with_key"),
        CheckConstraint("(email IS NULL) = (email_key IS NULL)", name="email_with_key"),
        CheckConstraint("(phone IS NULL) = (phone_state IS NULL)", name="phone_with_state"),
        CheckConstraint("wrong_codes >= 0 AND dead_codes >= 0", name="counts"),
    )

    id: Mapped[Id]
    username: Mapped[str | None] = mapped_column(String(64))
    username_key: Mapped[str | None] = mapped_column(String(128), unique=True)
    email: Mapped[str | None] = mapped_column(String(254))
    email_key: Mapped[str | None] = mapped_column(String(254), unique=True)
    phone: Mapped[str | None] = mapped_column(String(16), unique=True)
    phone_state: Mapped[PhoneState | None] = mapped_column(choice(PhoneState))
    name: Mapped[str | None] = mapped_column(String(200))
    password_hash: Mapped[str | None] = mapped_column(String(200))
    role: Mapped[Role | None] = mapped_column(choice(Role), index=True)
    suspended: Mapped[bool] = mapped_column(default=False)
    locale: Mapped[str | None] = mapped_column(String(16))
    created_at: Mapped[Instant]
    bypass_until: Mapped[Instant | None]
    wrong_codes: Mapped[int] = mapped_column(default=0)
    dead_codes: Mapped[int] = mapped_column(default=0)
    wrong_code_at: Mapped[Instant | None]
    codes_paused_until: Mapped[Instant | None]
    version: Mapped[int] = mapped_column(default=1)
