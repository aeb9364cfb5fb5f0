"""One text message and what became of it."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.columns import Base, Id, Instant, big, choice, key

OPEN = text("state IN ('waiting', 'sending')")
"""The condition of the partial index. Whoever looks for open messages says it word for word, or SQLite reads the whole table."""

NOT_SENT = text("state IN ('failed', 'unknown', 'expired')")
OF_APPLICATION = text("application_id IS NOT NULL")
NAMED = text("reference IS NOT NULL")


class MessageState(StrEnum):
    """Where a message is. `unknown`: it may have gone out, and is never sent again."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    UNKNOWN = "unknown"
    EXPIRED = "expired"


class Channel(StrEnum):
    """How a message reaches the phone: as a text, or read out by a call."""

    TEXT = "text"
    VOICE = "voice"


class Purpose(StrEnum):
    """What a message is for. A code of one purpose is never good for another."""

    LOGIN = "login"
    BIND = "bind"
    TEST = "test"


class Message(Base):
    """One text message. It holds what its code is derived from, never the code and never the text.

    `sign_in_id` is not a foreign key on purpose: the record of a message outlives the sign-in that asked for it.
    `reason` says why it failed, in the words of `messages.gateways`. `reference` is the gateway's name for it; `price`, in
    millionths of `currency`, and `delivered_at` are what its receipts said, `receipt_at` when the last one came.
    `via` names the one gateway that it may go by, in use or not; None: whichever the rules say.
    """

    __tablename__ = "message"
    __table_args__ = (
        CheckConstraint(
            "purpose = 'test' OR (sign_in_id IS NOT NULL AND nonce IS NOT NULL AND code_key IS NOT NULL)", name="code"),
        CheckConstraint("attempts >= 0", name="attempts"),
        Index("ix_message_open", "created_at", sqlite_where=OPEN, postgresql_where=OPEN),
        Index("ix_message_sign_in_id", "sign_in_id", "id"),
        Index("ix_message_user_id", "user_id", "id"),
        Index("ix_message_phone", "phone", "id"),
        Index("ix_message_created_at", "created_at"),
        Index("ix_message_not_sent", "state", "id", sqlite_where=NOT_SENT, postgresql_where=NOT_SENT),
        Index("ix_message_reference", "reference", sqlite_where=NAMED, postgresql_where=NAMED),
        Index("ix_message_application_id", "application_id", "id", sqlite_where=OF_APPLICATION, postgresql_where=OF_APPLICATION),
    )

    id: Mapped[Id]
    sign_in_id: Mapped[int | None] = mapped_column(big)
    user_id: Mapped[int | None] = mapped_column(big, ForeignKey("user.id", ondelete="SET NULL"))
    purpose: Mapped[Purpose] = mapped_column(choice(Purpose))
    channel: Mapped[Channel] = mapped_column(choice(Channel), default=Channel.TEXT, server_default=Channel.TEXT.value)
    phone: Mapped[str] = mapped_column(key(16))
    locale: Mapped[str] = mapped_column(String(16))
    application: Mapped[str] = mapped_column(String(80))
    application_id: Mapped[int | None] = mapped_column(big)
    nonce: Mapped[bytes | None] = mapped_column(LargeBinary(16))
    code_key: Mapped[str | None] = mapped_column(String(16))
    state: Mapped[MessageState] = mapped_column(choice(MessageState))
    reason: Mapped[str | None] = mapped_column(String(64))
    via: Mapped[str | None] = mapped_column(String(32))
    gateway: Mapped[str | None] = mapped_column(String(32))
    sender: Mapped[str | None] = mapped_column(String(16))
    reference: Mapped[str | None] = mapped_column(String(100))
    price: Mapped[int | None] = mapped_column(big)
    currency: Mapped[str | None] = mapped_column(String(3))
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[Instant]
    not_after: Mapped[Instant]
    again_at: Mapped[Instant]
    claimed_at: Mapped[Instant | None]
    settled_at: Mapped[Instant | None]
    receipt_at: Mapped[Instant | None]
    delivered_at: Mapped[Instant | None]
