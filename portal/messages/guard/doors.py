"""Do texts go to new numbers of a calling code? PURE: open, closed, or a few to try."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

QUARTER, DAY = 900.0, 86_400.0
TRIES = 2
"""Texts that may go out to try when a closing is over: a code that comes back opens the calling code."""


class Door(StrEnum):
    """How a calling code stands. HALF_OPEN: it was closed, and a few texts try whether codes come back."""

    OPEN = "open"
    HALF_OPEN = "half open"
    CLOSED = "closed"


@dataclass(frozen=True)
class Closed:
    """A prefix that was closed `closings` times in a row, the last time until an instant; `by_hand`: by a person."""

    until: float
    closings: int
    by_hand: bool


def door(closed: Closed | None, now: float) -> Door:
    """How a calling code stands. What a person closed is open afterwards; the rest must first be tried, for a day."""
    if closed is None:
        return Door.OPEN
    if closed.until > now:
        return Door.CLOSED
    return Door.OPEN if closed.by_hand or closed.until + DAY <= now else Door.HALF_OPEN


def length(closings: int) -> float:
    """For how many seconds it is closed the so manieth time in a row: a quarter of an hour, twice as long each time."""
    return float(min(QUARTER * 2 ** min(closings - 1, 20), DAY))


def about(seconds: float) -> float:
    """Seconds as they are told to whoever asks: in whole quarters of an hour, so that nobody can wait for the moment."""
    return QUARTER * max(1, -(-seconds // QUARTER))
