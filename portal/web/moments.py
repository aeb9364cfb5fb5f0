"""How is an instant written for people? In their language; the portal's clock is UTC, and says so."""

from __future__ import annotations

from datetime import UTC, datetime

from flask_babel import format_datetime

from portal.web.language import current

_FULL = {"en": "d MMM y HH:mm", "zh": "y年M月d日 HH:mm"}
_LISTED = {"en": "d MMM y HH:mm", "zh": "y-MM-dd HH:mm"}


def moment(instant: float, form: str = "") -> str:
    """Seconds since 1970 UTC as date and time in the reader's language; `form` is a pattern of Babel's."""
    form = form or _FULL[current()]
    return f"{format_datetime(datetime.fromtimestamp(instant, UTC), form, rebase=False)} UTC"


def listed(instant: float) -> str:
    """The same in the cell of a list, whose head names the zone for all of them."""
    return str(format_datetime(datetime.fromtimestamp(instant, UTC), _LISTED[current()], rebase=False))
