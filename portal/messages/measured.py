"""What of a message is counted for a monitoring system? By its country and gateway, never by its number."""

from __future__ import annotations

import phonenumbers
from sqlalchemy import Connection

from portal import metrics
from portal.database import after_commit
from portal.metrics.catalogue import CODES_VERIFIED, DELIVERY, MESSAGES, VERIFICATION
from portal.models import MessageState

UNKNOWN = "unknown"


def settled(connection: Connection, state: MessageState, phone: str, gateway: str | None) -> None:
    """A message to `phone` (E.164) has come to that state, when the transaction is committed."""
    if metrics.wanted():
        after_commit(connection, lambda: metrics.count(MESSAGES, state.value, country(phone), gateway or UNKNOWN))


def delivered(connection: Connection, phone: str, gateway: str | None, seconds: float | None) -> None:
    """The same of one that has arrived, so many seconds after it was handed over."""
    settled(connection, MessageState.DELIVERED, phone, gateway)
    if metrics.wanted() and seconds is not None:
        after_commit(connection, lambda: metrics.observe(DELIVERY, max(0.0, seconds), gateway or UNKNOWN))


def verified(connection: Connection, phone: str, gateway: str | None, seconds: float) -> None:
    """The code in a message to `phone` was right, so many seconds after it was asked for."""
    if metrics.wanted():
        after_commit(connection, lambda: metrics.count(CODES_VERIFIED, country(phone), gateway or UNKNOWN))
        after_commit(connection, lambda: metrics.observe(VERIFICATION, max(0.0, seconds), gateway or UNKNOWN))


def country(phone: str) -> str:
    """The region that a number belongs to, `DE`; there are fewer than 250."""
    try:
        number = phonenumbers.parse(phone, None)
    except phonenumbers.NumberParseException:
        return UNKNOWN
    return phonenumbers.region_code_for_number(number) or UNKNOWN
