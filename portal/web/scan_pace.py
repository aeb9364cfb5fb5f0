"""How soon may a page ask again whether its code is confirmed? When this process has room for the answer."""

from __future__ import annotations

from threading import Lock

from portal import clock

SOONEST, LATEST = 1.5, 20.0
"""Seconds. Whoever has waited for longer than the later one presses the button."""
PER_SECOND = 12.0
"""Answers of one process a second, but for those that the latest time is over for: hundreds of open pages must cost logins
nothing that anybody feels."""


class Pace:
    """Gives each page that asks the next free moment, so that they come one by one however many there are."""

    def __init__(self) -> None:
        self._given, self._lock = 0.0, Lock()

    def seconds(self) -> float:
        """After how many seconds the page that asks now asks again."""
        now = clock.now()
        with self._lock:
            free = max(now + SOONEST, self._given + 1 / PER_SECOND)
            self._given = min(free, now + LATEST)
            return round(self._given - now, 2)


pace = Pace()
"""The pace of this process."""
