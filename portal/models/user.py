"""Who may come in: the user pool."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, Index, String, false, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.columns import Base, Id, Instant, choice, key


class Role(StrEnum):
    """What a user may do in the console: all; look after users; read. Users without one have no business there."""

    ADMINISTRATOR = "administrator"
    HELPDESK = "helpdesk"
    AUDITOR = "auditor"


class PhoneState(StrEnum):
    """What is known of a bound number."""

    UNPROVEN = "not proven"
    PROVEN = "proven"
    FAILING = "failing"


_REVERSED = " || ".join(f"substr(phone, {place}, 1)" for place in range(16, 0, -1))
"""The number from its end, for finding it by its last digits. No function that turns a text round is known to both databases."""


def _only(name: str, *columns: str, sqlite: str, postgresql: str | None = None) -> Index:
    """An index of the few rows that a filter of the list shows."""
    return Index(f"ix_user_{name}", *columns, sqlite_where=text(sqlite), postgresql_where=text(postgresql or sqlite))


class User(Base):
    """A person in the user pool. Identifiers are kept as typed for people and as keys for exact, unique look-up.

    `phone_reversed` finds a number by its last digits; a constraint keeps it true (`phone_columns` writes both).
    `last_sign_in_at` is written by the sender a few seconds later, from the audit log, so that no sign-in has to.
    An id is never given twice: records outlive their user.
    """

    __tablename__ = "user"
    __table_args__ = (
        CheckConstraint("username_key IS NOT NULL OR email_key IS NOT NULL OR phone IS NOT NULL", name="has_identifier"),
        CheckConstraint("(username IS NULL) = (username_key IS NULL)", name="username_with_key"),
        CheckConstraint("(email IS NULL) = (email_key IS NULL)", name="email_with_key"),
        CheckConstraint("(phone IS NULL) = (phone_state IS NULL)", name="phone_with_state"),
        CheckConstraint(f"coalesce(phone_reversed, '') = coalesce({_REVERSED}, '')", name="phone_reversed"),
        CheckConstraint("wrong_codes >= 0 AND dead_codes >= 0", name="counts"),
        Index("ix_user_name_key", "name_key", "id"),
        Index("ix_user_phone_reversed", "phone_reversed"),
        Index("ix_user_phone_state", "phone_state", "id"),
        Index("ix_user_last_sign_in_at", "last_sign_in_at", "id"),
        _only("suspended", "id", sqlite="suspended IS 1", postgresql="suspended IS true"),
        _only("wrong_codes", "wrong_codes", "id", sqlite="wrong_codes > 0"),
        _only("no_username", "id", sqlite="username_key IS NULL"),
        _only("no_email", "id", sqlite="email_key IS NULL"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[Id]
    username: Mapped[str | None] = mapped_column(String(64))
    username_key: Mapped[str | None] = mapped_column(key(128), unique=True)
    email: Mapped[str | None] = mapped_column(String(254))
    email_key: Mapped[str | None] = mapped_column(key(254), unique=True)
    phone: Mapped[str | None] = mapped_column(key(16), unique=True)
    phone_reversed: Mapped[str | None] = mapped_column(key(16))
    phone_state: Mapped[PhoneState | None] = mapped_column(choice(PhoneState))
    name: Mapped[str | None] = mapped_column(String(200))
    name_key: Mapped[str | None] = mapped_column(key(254))
    password_hash: Mapped[str | None] = mapped_column(String(200))
    password_must_change: Mapped[bool] = mapped_column(default=False, server_default=false())
    role: Mapped[Role | None] = mapped_column(choice(Role), index=True)
    suspended: Mapped[bool] = mapped_column(default=False)
    locale: Mapped[str | None] = mapped_column(String(16))
    created_at: Mapped[Instant]
    last_sign_in_at: Mapped[Instant | None]
    bypass_until: Mapped[Instant | None]
    wrong_codes: Mapped[int] = mapped_column(default=0)
    dead_codes: Mapped[int] = mapped_column(default=0)
    wrong_code_at: Mapped[Instant | None]
    codes_paused_until: Mapped[Instant | None]
    version: Mapped[int] = mapped_column(default=1)


def phone_columns(phone: str | None, state: PhoneState | None) -> dict[str, Any]:
    """The columns that say which number (E.164) is bound, if any, and what is known of it."""
    return {"phone": phone, "phone_reversed": phone[::-1] if phone else None, "phone_state": state if phone else None}
