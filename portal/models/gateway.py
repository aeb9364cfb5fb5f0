"""Which gateways carry text messages and calls, besides the one of the environment; and which numbers go through which."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.columns import Base, Id, Instant, choice, key


class GatewayKind(StrEnum):
    """What a gateway speaks: an interface of Vonage's, HTTP as its administrator describes it, or mail. INBOX sends nothing."""

    VONAGE = "vonage"
    VONAGE_SMS = "vonage-sms"
    VONAGE_VOICE = "vonage-voice"
    HTTP = "http"
    MAIL = "mail"
    INBOX = "inbox"


class MessageGateway(Base):
    """One gateway that an administrator has added.

    `name` stands in rules, records and settings; `position` is its place where no rule says another. At most `per_second`
    messages leave by it in a second, over all senders. `settings` are those of its kind; `secret`, JSON with its credentials,
    is sealed with the key that `secret_key` names.
    """

    __tablename__ = "gateway"
    __table_args__ = (
        CheckConstraint("(secret IS NULL) = (secret_key IS NULL)", name="secret_with_key"),
        CheckConstraint("per_second > 0", name="per_second"),
        # Senders know by id and version what they have at hand: another gateway must not look like one that is gone.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[Id]
    kind: Mapped[GatewayKind] = mapped_column(choice(GatewayKind))
    name: Mapped[str] = mapped_column(key(32), unique=True)
    title: Mapped[str] = mapped_column(String(80))
    enabled: Mapped[bool] = mapped_column(default=False)
    position: Mapped[int]
    per_second: Mapped[int]
    sender: Mapped[str] = mapped_column(String(16))
    settings: Mapped[dict[str, Any]] = mapped_column(JSON)
    secret: Mapped[bytes | None] = mapped_column(LargeBinary)
    secret_key: Mapped[str | None] = mapped_column(String(16))
    created_at: Mapped[Instant]
    version: Mapped[int] = mapped_column(default=1)


class MessageRoute(Base):
    """Through which gateways messages go to numbers that begin with `prefix`, digits without the plus sign.

    `choices` are tried in their order: `[{"gateway": <name>, "sender": <sender or null>}]`.
    """

    __tablename__ = "route"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[Id]
    prefix: Mapped[str] = mapped_column(key(8), unique=True)
    choices: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    created_at: Mapped[Instant]
    version: Mapped[int] = mapped_column(default=1)
