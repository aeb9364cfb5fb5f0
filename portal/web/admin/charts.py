"""What does a chart of hours or days show, and how is the same said in words?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask_babel import format_decimal
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.audit.tallies import CODES_ACCEPTED, DELIVERED, FAILED, REFUSED, SENT, SIGN_INS, UNKNOWN, Counts
from portal.web.moments import day, hour

Spans = Sequence[tuple[float, Counts]]
_SHOWN = (
    (_l("Logins completed"), (SIGN_INS,)),
    (_l("Passwords refused"), (REFUSED,)),
    (_l("Text messages sent"), (SENT,)),
    (_l("Text messages delivered"), (DELIVERED,)),
    (_l("Codes verified"), (CODES_ACCEPTED,)),
    (_l("Text messages failed"), (FAILED, UNKNOWN)),
)


@dataclass(frozen=True)
class Bar:
    """One hour or day: its height in hundredths of the whole, and the number in words."""

    label: str
    height: float
    words: str


@dataclass(frozen=True, kw_only=True)
class Chart:
    """One row of bars; `summary` says the same in a sentence, `top_words` what the top line stands for."""

    title: str
    summary: str
    top_words: str
    bars: list[Bar]


def of_hours(spans: Spans) -> list[Chart]:
    """The charts of hours."""
    return _charts(spans, hour)


def of_days(spans: Spans) -> list[Chart]:
    """The charts of days."""
    return _charts(spans, day)


def _charts(spans: Spans, label: Callable[[float], str]) -> list[Chart]:
    return [_chart(str(title), [(label(at), _sum(counts, whats)) for at, counts in spans]) for title, whats in _SHOWN]


def _sum(counts: Counts, whats: tuple[str, ...]) -> int:
    return sum(counts[what] for what in whats)


def _chart(title: str, numbers: list[tuple[str, int]]) -> Chart:
    top = ceiling(max(number for _label, number in numbers))
    bars = [Bar(label, 100 * number / top, format_decimal(number)) for label, number in numbers]
    return Chart(title=title, summary=_summary(numbers), top_words=format_decimal(top), bars=bars)


def _summary(numbers: list[tuple[str, int]]) -> str:
    total = sum(number for _label, number in numbers)
    if total == 0:
        return _("None")
    label, most = max(numbers, key=lambda each: each[1])
    return _("%(total)s in all; the most, %(most)s, at %(when)s",
             total=format_decimal(total), most=format_decimal(most), when=label)


def ceiling(number: int) -> int:
    """The next round number that halves well: 2, 4, 6, 8, 10, 12, 16, 20, 30 …"""
    scale = 1
    while number > 10 * scale:
        scale *= 10
    steps = (2, 4, 6, 8, 10) if scale == 1 else (1.2, 1.6, 2, 3, 4, 6, 8, 10)
    return next(int(step * scale) for step in steps if number <= int(step * scale))
