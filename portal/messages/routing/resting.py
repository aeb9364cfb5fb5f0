"""Which gateways have just failed in this process? They are asked last for a moment, so that no message waits for each anew."""

from __future__ import annotations

import time
from collections.abc import Sequence
from threading import Lock

from portal.messages.routing.choosing import Way

SECONDS = 20.0


class _Resting:
    """The names of gateways, and until when each rests by the clock of this process."""

    def __init__(self) -> None:
        self._until: dict[str, float] = {}
        self._lock = Lock()

    def rest(self, name: str) -> None:
        """It has failed: everybody else first."""
        with self._lock:
            self._until[name] = time.monotonic() + SECONDS

    def wake(self, name: str) -> None:
        """It has taken a message."""
        with self._lock:
            self._until.pop(name, None)

    def last(self, ways: Sequence[Way]) -> list[Way]:
        """The ways with those behind all others whose gateway rests."""
        with self._lock:
            now = time.monotonic()
            asleep = {name for name, until in self._until.items() if until > now}
        return sorted(ways, key=lambda way: way.gateway.name in asleep)


resting = _Resting()
"""Those of this process."""
