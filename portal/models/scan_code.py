"""Codes that a login page shows and a phone scans."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.columns import Base, Id, Instant, big, choice


class ScanState(StrEnum):
    """What the phone has said of a code, and whether the browser that showed it has come in with that."""

    SHOWN = "shown"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    WRONG_NUMBER = "wrong number"
    USED = "used"


class ScanCode(Base):
    """One code shown by one browser, good once and for two minutes.

    The picture carries a random token, the person may type a shorter one; of both the SHA-256 is kept. `browser_hash` binds the
    code to the session that showed it. `number` is what the browser shows, `choices` are those among which the phone offers it.
    """

    __tablename__ = "scan_code"
    __table_args__ = (
        CheckConstraint("state <> 'confirmed' OR (user_id IS NOT NULL AND by_sign_in_id IS NOT NULL)", name="confirmation"),
        CheckConstraint("number BETWEEN 10 AND 99", name="number"),
        Index("ix_scan_code_expires_at", "expires_at"),
    )

    id: Mapped[Id]
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    typed_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    browser_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    state: Mapped[ScanState] = mapped_column(choice(ScanState))
    number: Mapped[int]
    choices: Mapped[list[int]] = mapped_column(JSON)
    application_id: Mapped[int | None] = mapped_column(big, ForeignKey("application.id", ondelete="SET NULL"), index=True)
    trial_id: Mapped[int | None] = mapped_column(big, ForeignKey("trial.id", ondelete="CASCADE"), index=True)
    address: Mapped[str] = mapped_column(String(64))
    agent: Mapped[str] = mapped_column(String(256))
    created_at: Mapped[Instant]
    expires_at: Mapped[Instant]
    user_id: Mapped[int | None] = mapped_column(big, ForeignKey("user.id", ondelete="CASCADE"), index=True)
    by_sign_in_id: Mapped[int | None] = mapped_column(big, ForeignKey("sign_in.id", ondelete="CASCADE"), index=True)
    answered_at: Mapped[Instant | None]
