"""What does a webhook say of a message of ours? PURE. Order and number of webhooks say nothing: each is taken for itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from portal.messages.reasons import Reason
from portal.messages.receipts import errors, plain
from portal.models import MessageState

CURRENCY = "EUR"
"""In which Vonage charges where it does not say so."""
DEAREST = 1_000
"""No message costs as much; what says so is no price."""
_REFERENCE = re.compile(r"[!-~]{1,100}", re.ASCII)
_OURS = re.compile(r"[1-9][0-9]{0,17}", re.ASCII)
_PRICE = re.compile(r"[0-9]{1,6}(\.[0-9]{1,12})?", re.ASCII)

_MESSAGES = {
    "submitted": MessageState.SENT, "delivered": MessageState.DELIVERED, "read": MessageState.DELIVERED,
    "rejected": MessageState.FAILED, "undeliverable": MessageState.FAILED,
}
_TEXTS = {
    "accepted": MessageState.SENT, "buffered": MessageState.SENT, "delivered": MessageState.DELIVERED,
    "failed": MessageState.FAILED, "rejected": MessageState.FAILED, "expired": MessageState.FAILED,
}
_CALLS = {
    "started": MessageState.SENT, "ringing": MessageState.SENT, "answered": MessageState.SENT, "human": MessageState.SENT,
    "completed": MessageState.DELIVERED, **dict.fromkeys((*errors.CALLS, "failed", "cancelled"), MessageState.FAILED),
}


@dataclass(frozen=True, kw_only=True)
class News:
    """What became of the message that the gateway calls `reference` and we `message_id`, as far as it names either.

    `state` is None where it says nothing that we know. `price` in millionths of `currency`. `at`: when it became so, seconds
    since 1970 UTC, if it says when.
    """

    state: MessageState | None
    reference: str | None = None
    message_id: int | None = None
    reason: str | None = None
    price: int | None = None
    currency: str | None = None
    at: float | None = None


def of_message(said: Mapping[str, Any]) -> News:
    """A status of the Messages API."""
    state, error = _MESSAGES.get(plain.text(said.get("status"))), plain.part(said, "error")
    usage = plain.part(said, "usage")
    return News(
        state=state, reference=_reference(said.get("message_uuid")), message_id=_ours(said.get("client_ref")),
        reason=_reason(state, errors.MESSAGES.get(_title(error))), at=plain.instant(said.get("timestamp")),
        **_price(usage.get("price"), usage.get("currency")))


def of_text(said: Mapping[str, Any]) -> News:
    """A receipt of the SMS API."""
    status = plain.text(said.get("status"))
    state, reason = _TEXTS.get(status), errors.TEXTS.get(plain.text(said.get("err-code")))
    if status == "expired":
        reason = Reason.EXPIRED
    return News(
        state=state, reference=_reference(said.get("messageId")), message_id=_ours(said.get("client-ref")),
        reason=_reason(state, reason), at=plain.instant(said.get("message-timestamp")), **_price(said.get("price"), None))


def of_call(said: Mapping[str, Any], ours: str = "") -> News:
    """An event of the Voice API. It hands no name of ours back: that stands in the address that it comes to."""
    status = plain.text(said.get("status"))
    state = _CALLS.get(status)
    return News(
        state=state, reference=_reference(said.get("uuid")), message_id=_ours(ours), at=plain.instant(said.get("timestamp")),
        reason=_reason(state, errors.CALLS.get(status)), **_price(said.get("price"), None))


def _title(error: Mapping[str, Any]) -> str:
    """The number of an error: its title, else the end of its type's address."""
    title = plain.text(error.get("title"))
    return title if title in errors.MESSAGES else plain.text(error.get("type")).rpartition("#")[2]


def _reason(state: MessageState | None, known: str | None) -> str | None:
    return (known or Reason.NOT_DELIVERED) if state is MessageState.FAILED else None


def _reference(value: object) -> str | None:
    """A name that a column can hold: no database takes every letter."""
    text = plain.text(value)
    return text if _REFERENCE.fullmatch(text) else None


def _ours(value: object) -> int | None:
    text = plain.text(value)
    return int(text) if _OURS.fullmatch(text) else None


def _price(value: object, currency: object) -> dict[str, Any]:
    text, unit = plain.text(value), plain.text(currency) or CURRENCY
    if not _PRICE.fullmatch(text) or not re.fullmatch(r"[A-Z]{3}", unit, re.ASCII):
        return {}
    price = Decimal(text)
    return {"price": round(price * 1_000_000), "currency": unit} if price <= DEAREST else {}
