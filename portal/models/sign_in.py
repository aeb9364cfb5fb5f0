"""One attempt to come in and, once complete, the session: the row is the truth."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.columns import Base, Id, Instant, big, choice


class State(StrEnum):
    """Where a sign-in stands. Only `signin.flow` moves it."""

    AWAITING_PHONE = "awaiting_phone"
    AWAITING_CODE = "awaiting_code"
    AWAITING_PASSWORD = "awaiting_password"  # noqa: S105 - a state, no secret
    COMPLETE = "complete"
    ENDED = "ended"


class Method(StrEnum):
    """What a person has proven themselves with, the keys of `methods` (RFC 8176 where it has a word).

    Every source but the password stands there by its own key. VOUCHED: the source said that a second factor was given there.
    """

    PASSWORD = "pwd"  # noqa: S105 - a method, no secret
    SMS = "sms"
    BYPASS = "bypass"
    VOUCHED = "mfa"


class Ending(StrEnum):
    """Why a sign-in ended before its time."""

    REPLACED = "replaced"
    CANCELLED = "cancelled"
    LOGGED_OUT = "logged out"
    WRONG_CODES = "too many wrong codes"
    PHONE_CHANGED = "phone changed"
    PASSWORD_CHANGED = "password changed"  # noqa: S105 - a reason, no secret
    MFA_RESET = "mfa reset"
    SUSPENDED = "suspended"
    ROLE_CHANGED = "role changed"
    UNLINKED = "source unlinked"
    BY_OTHERS = "ended by somebody in charge"


def _where(column: str, condition: str) -> Index:
    return Index(f"ix_sign_in_{column}", column, "id", sqlite_where=text(condition), postgresql_where=text(condition))


class SignIn(Base):
    """A sign-in. The browser holds a random token; its SHA-256 is the key here.

    `code_nonce` is that of the live code: None when there is none. A code that ended is never looked at again, so the
    row needs only the live one; every text keeps the nonce that it was written from in its own row. `trial_id`: it is no way
    in, but a try of an application's login. `held`: a form that waits until the person has proven anew that it is them.
    """

    __tablename__ = "sign_in"
    __table_args__ = (
        CheckConstraint("state <> 'awaiting_code' OR phone IS NOT NULL", name="code_needs_phone"),
        CheckConstraint("(state = 'ended') = (ended_at IS NOT NULL)", name="end"),
        CheckConstraint("state <> 'complete' OR completed_at IS NOT NULL", name="completion"),
        CheckConstraint("code_nonce IS NULL OR (phone IS NOT NULL AND code_expires_at IS NOT NULL)", name="code"),
        CheckConstraint("code_tries >= 0 AND dead_codes >= 0 AND texts >= 0 AND numbers >= 0", name="counts"),
        Index("ix_sign_in_user_id", "user_id", "id"),
        _where("application_id", "application_id IS NOT NULL"),
        _where("trial_id", "trial_id IS NOT NULL"),
    )

    id: Mapped[Id]
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    user_id: Mapped[int] = mapped_column(big, ForeignKey("user.id", ondelete="CASCADE"))
    state: Mapped[State] = mapped_column(choice(State))
    source: Mapped[str] = mapped_column(String(64))
    application_id: Mapped[int | None] = mapped_column(big, ForeignKey("application.id", ondelete="SET NULL"))
    trial_id: Mapped[int | None] = mapped_column(big, ForeignKey("trial.id", ondelete="CASCADE"))
    methods: Mapped[dict[str, float]] = mapped_column(JSON)
    reason: Mapped[str] = mapped_column(String(32))
    next_address: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[Instant]
    expires_at: Mapped[Instant]
    must_end_at: Mapped[Instant]
    seen_at: Mapped[Instant]
    completed_at: Mapped[Instant | None]
    ended_at: Mapped[Instant | None]
    ended_because: Mapped[str | None] = mapped_column(String(32))
    address: Mapped[str] = mapped_column(String(64))
    agent: Mapped[str] = mapped_column(String(256))
    locale: Mapped[str] = mapped_column(String(16))
    phone: Mapped[str | None] = mapped_column(String(16))
    binding: Mapped[bool] = mapped_column(default=False)
    code_nonce: Mapped[bytes | None] = mapped_column(LargeBinary(16))
    code_key: Mapped[str | None] = mapped_column(String(16))
    code_started_at: Mapped[Instant | None]
    code_expires_at: Mapped[Instant | None]
    code_tries: Mapped[int] = mapped_column(default=0)
    dead_codes: Mapped[int] = mapped_column(default=0)
    texts: Mapped[int] = mapped_column(default=0)
    numbers: Mapped[int] = mapped_column(default=0)
    held: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
