"""Which gateways have just failed in this process? They are asked last for a moment, so that no message waits for each anew."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock

from portal.messages.gateways.contract import Fault, NoRoute, OurFault
from portal.messages.reasons import Reason, status_in
from portal.messages.routing.choosing import Way

SECONDS, LONGEST = 20.0, 300.0
"""For which a gateway rests that has failed: twice as long each time, for what tries it may be lost by that."""
TRY_SECONDS = 5.0
"""For which it rests on while the one message that came after them tries it."""
_OF_ONE_MESSAGE = frozenset({
    Reason.SENDER, Reason.DEMO, Reason.REQUEST, Reason.NOT_SENT, Reason.KEY_RETIRED, Reason.IN_PARTS, Reason.NO_SUCCESS})
"""Faults that say nothing of the next message: of its sender in that country, of a number, of its words."""


def concerns_all(fault: Fault) -> bool:
    """Whether the gateway would not take another message, to another number, either.

    If each fault sent everything elsewhere, a number in a country where our sender may not write would be enough for it.
    """
    odd = isinstance(fault, OurFault) and bool(status_in(fault.reason))
    return not isinstance(fault, NoRoute) and not odd and fault.reason not in _OF_ONE_MESSAGE


@dataclass
class _Rest:
    """Until when a gateway rests, and for how long it was sent to rest last."""

    until: float
    length: float


class _Resting:
    """The gateways that have failed since they last took a message, by their names, and how each rests, by this process."""

    def __init__(self) -> None:
        self._until: dict[str, _Rest] = {}
        self._lock = Lock()

    def rest(self, name: str) -> None:
        """It has failed: everybody else first. What was under way when it began to rest says nothing new."""
        now = time.monotonic()
        with self._lock:
            before = self._until.get(name)
            if before is None or before.until <= now + TRY_SECONDS:
                length = min(2 * before.length, LONGEST) if before else SECONDS
                self._until[name] = _Rest(now + length, length)

    def wake(self, name: str) -> None:
        """It has taken a message."""
        with self._lock:
            self._until.pop(name, None)

    def last(self, ways: Sequence[Way]) -> list[Way]:
        """The ways with those behind all others whose gateway rests. One that has rested is tried by one message first."""
        with self._lock:
            asleep = {way.gateway.name for way in ways if self._rests(way.gateway.name)}
        return sorted(ways, key=lambda way: way.gateway.name in asleep)

    def _rests(self, name: str) -> bool:
        rest, now = self._until.get(name), time.monotonic()
        if rest is None or rest.until > now:
            return rest is not None
        rest.until = now + TRY_SECONDS
        return False


resting = _Resting()
"""Those of this process."""
