"""How is an instant written for people? In their language; the portal's clock is UTC, and says so."""

from __future__ import annotations

from datetime import UTC, datetime

from flask_babel import format_datetime

from portal.web.language import current

_FULL = {"en": "d MMM y HH:mm", "zh": "y年M月d日 HH:mm"}
_LISTED = {"en": "d MMM y HH:mm", "zh": "y-MM-dd HH:mm"}
_DAY = {"en": "d MMM", "zh": "M/d"}


def moment(instant: float, form: str = "") -> str:
    """Seconds since 1970 UTC as date and time in the reader's language; `form` is a pattern of Babel's."""
    form = form or _FULL[current()]
    return f"{format_datetime(datetime.fromtimestamp(instant, UTC), form, rebase=False)} UTC"


def listed(instant: float) -> str:
    """The same in the cell of a list, whose head names the zone for all of them."""
    return str(format_datetime(datetime.fromtimestamp(instant, UTC), _LISTED[current()], rebase=False))


def hour(instant: float) -> str:
    """The time of day, in a chart whose words name the zone."""
    return str(format_datetime(datetime.fromtimestamp(instant, UTC), "HH:mm", rebase=False))


def day(instant: float) -> str:
    """The day without its year, for the last few of them."""
    return str(format_datetime(datetime.fromtimestamp(instant, UTC), _DAY[current()], rebase=False))
