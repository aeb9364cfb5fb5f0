"""How is an instant written for people? In their language; the portal's clock is UTC, and says so."""

from __future__ import annotations

from datetime import UTC, datetime

from flask_babel import format_datetime


def moment(instant: float, form: str = "d MMM y HH:mm") -> str:
    """Seconds since 1970 UTC as date and time in the reader's language; `form` is Babel's name or pattern."""
    return f"{format_datetime(datetime.fromtimestamp(instant, UTC), form, rebase=False)} UTC"
