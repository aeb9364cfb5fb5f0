"""How is an instant written for people? In their language; the portal's clock is UTC, and says so."""

from __future__ import annotations

from datetime import UTC, datetime

from babel.dates import format_datetime

from portal.web.language import current

_FULL = {"en": "d MMM y HH:mm", "zh": "y年M月d日 HH:mm"}
_LISTED = {"en": "d MMM y HH:mm", "zh": "y-MM-dd HH:mm"}
_DAY = {"en": "d MMM", "zh": "M/d"}


def moment(instant: float, form: str = "") -> str:
    """Seconds since 1970 UTC as date and time in the reader's language; `form` is a pattern of Babel's."""
    return f"{_written(instant, form or _FULL[current()])} UTC"


def listed(instant: float) -> str:
    """The same in the cell of a list, whose head names the zone for all of them."""
    return _written(instant, _LISTED[current()])


def hour(instant: float) -> str:
    """The time of day, in a chart whose words name the zone."""
    return _written(instant, "HH:mm")


def day(instant: float) -> str:
    """The day without its year, for the last few of them."""
    return _written(instant, _DAY[current()])


def _written(instant: float, form: str) -> str:
    return format_datetime(datetime.fromtimestamp(instant, UTC), form, locale=current())
