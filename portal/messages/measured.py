"""What of a message with a code is counted for a monitoring system? By its country and gateway, never by its number.

A test message is not: nobody types its code, and a gateway that is tried out has no one wait for it.
"""

from __future__ import annotations

from typing import Any

import phonenumbers
from sqlalchemy import Connection

from portal import metrics
from portal.database import after_commit
from portal.metrics.catalogue import CODES_VERIFIED, DELIVERY, MESSAGES, VERIFICATION
from portal.models import MessageState, Purpose

UNKNOWN = "unknown"


def settled(connection: Connection, message: Any, *, state: MessageState, gateway: str | None) -> None:
    """A message, anything with its `phone` and `purpose`, has come to that state, when the transaction is committed."""
    if _counts(message):
        after_commit(connection, lambda: metrics.count(MESSAGES, state.value, country(message.phone), gateway or UNKNOWN))


def delivered(connection: Connection, message: Any, *, gateway: str | None, seconds: float | None) -> None:
    """The same of one that has arrived, so many seconds after it was handed over."""
    settled(connection, message, state=MessageState.DELIVERED, gateway=gateway)
    if _counts(message) and seconds is not None:
        after_commit(connection, lambda: metrics.observe(DELIVERY, max(0.0, seconds), gateway or UNKNOWN))


def verified(connection: Connection, phone: str, gateway: str | None, seconds: float) -> None:
    """The code in a message to `phone` was right, so many seconds after it was asked for."""
    if metrics.wanted():
        after_commit(connection, lambda: metrics.count(CODES_VERIFIED, country(phone), gateway or UNKNOWN))
        after_commit(connection, lambda: metrics.observe(VERIFICATION, max(0.0, seconds), gateway or UNKNOWN))


def _counts(message: Any) -> bool:
    return metrics.wanted() and message.purpose is not Purpose.TEST


def country(phone: str) -> str:
    """The region that a number belongs to, `DE`; there are fewer than 250."""
    try:
        number = phonenumbers.parse(phone, None)
    except phonenumbers.NumberParseException:
        return UNKNOWN
    return phonenumbers.region_code_for_number(number) or UNKNOWN
