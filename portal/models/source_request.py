"""Round trips to outside sources: what was asked there, from which browser, and who came back."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.columns import Base, Id, Instant, big, choice, key


class RequestPurpose(StrEnum):
    """What the answer is good for, and nothing else."""

    LOG_IN = "log in"
    LINK = "link"
    CONFIRM = "confirm"
    TRY = "try"


class RequestState(StrEnum):
    """OPEN: the source was asked. ARRIVED: it told of somebody whom no user is linked with yet. USED: it is over."""

    OPEN = "open"
    ARRIVED = "arrived"
    USED = "used"


class SourceRequest(Base):
    """One request to an outside source. The browser carries a random state; its SHA-256 is the key here.

    `browser_hash` binds it to the session that began it. `user_id` and `sign_in_id`: for whom it was begun inside, or who has
    proven since then that it may be linked with them. `claims`: the little that is needed of what the source told.
    """

    __tablename__ = "source_request"
    __table_args__ = (
        CheckConstraint("state <> 'arrived' OR (issuer IS NOT NULL AND subject IS NOT NULL)", name="arrival"),
        Index("ix_source_request_expires_at", "expires_at"),
    )

    id: Mapped[Id]
    state_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    browser_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    source_id: Mapped[int] = mapped_column(big, ForeignKey("identity_source.id", ondelete="CASCADE"), index=True)
    purpose: Mapped[RequestPurpose] = mapped_column(choice(RequestPurpose))
    state: Mapped[RequestState] = mapped_column(choice(RequestState))
    nonce: Mapped[str | None] = mapped_column(String(64))
    verifier: Mapped[str | None] = mapped_column(String(128))
    application_id: Mapped[int | None] = mapped_column(big, ForeignKey("application.id", ondelete="SET NULL"), index=True)
    trial_id: Mapped[int | None] = mapped_column(big, ForeignKey("trial.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[int | None] = mapped_column(big, ForeignKey("user.id", ondelete="CASCADE"), index=True)
    sign_in_id: Mapped[int | None] = mapped_column(big, ForeignKey("sign_in.id", ondelete="CASCADE"), index=True)
    next_address: Mapped[str | None] = mapped_column(Text)
    issuer: Mapped[str | None] = mapped_column(key(500))
    subject: Mapped[str | None] = mapped_column(key(255))
    claims: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    created_at: Mapped[Instant]
    expires_at: Mapped[Instant]
