"""When is it whose turn? Moments given out one after the other, over all processes."""

from __future__ import annotations

from portal.counters.ask import storable
from portal.counters.counting import store


def slot(key: str, seconds: float) -> float:
    """The next moment of `key` (seconds since 1970 UTC) that nobody was given, at least `seconds` behind the one before.

    Now, if that one is long past: nothing is saved up. Raises CountersGone.
    """
    return store().slot(storable(key), seconds)
