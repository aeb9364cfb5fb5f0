"""When may the next message leave by a gateway, which takes only so many a second from all senders together?"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock

from portal import clock, counters
from portal.counters import CountersGone
from portal.extensions import settings
from portal.messages.routing.register import Gateway
from portal.models import GatewayKind

SHARE = 4
"""One in so many threads of a sender, at most, waits for the turn at one gateway that is slower than others."""
LONGEST_DETOUR = 5.0
"""Seconds after which a message comes again that found no room to wait, at most."""
SOON = 0.1
"""Seconds that a message in hand waits for its turn at most: no longer than a gateway takes to answer."""
CALM_AFTER = 5.0
"""Seconds without a longer wait, after which none is expected."""
_waiting: Counter[str] = Counter()
_counting = Lock()


@dataclass
class _Rush:
    """Until when turns are expected to come late, on the monotonic clock."""

    until: float = 0.0


_rush = _Rush()


def are_calm() -> bool:
    """Whether no turn has come late in this process for a while."""
    return time.monotonic() >= _rush.until


def turn(gateway: Gateway) -> float:
    """In how many seconds it is our turn. Whoever asks has taken it, and nobody else gets it."""
    if gateway.kind is GatewayKind.INBOX:
        return 0.0
    try:
        seconds = max(0.0, counters.slot(f"gateway:{gateway.name}", 1 / gateway.per_second) - clock.now())
    except CountersGone:
        seconds = _alone(gateway)
    if seconds > SOON:
        _rush.until = time.monotonic() + CALM_AFTER
    return seconds


def _alone(gateway: Gateway) -> float:
    """Without the others' count, each thread waits as long as all threads of this sender take turns, and a second at least."""
    return max(1.0, settings().portal_sender_threads / gateway.per_second)


@contextmanager
def room(gateway: Gateway, gateways: Sequence[Gateway]) -> Iterator[bool]:
    """Whether there is room to wait for the turn at this one of all `gateways`; it is taken for as long as the context lasts.

    A gateway that makes one call a second could else hold all threads, and keep texts from one that takes thirty.
    """
    most = max(1, settings().portal_sender_threads // SHARE) if _is_slow(gateway, gateways) else None
    with _counting:
        there_is = most is None or _waiting[gateway.name] < most
        _waiting[gateway.name] += there_is
    try:
        yield there_is
    finally:
        with _counting:
            _waiting[gateway.name] -= there_is


def detour(gateway: Gateway) -> float:
    """In how many seconds there may be room again."""
    return min(LONGEST_DETOUR, settings().portal_sender_threads / SHARE / gateway.per_second)


def _is_slow(gateway: Gateway, gateways: Sequence[Gateway]) -> bool:
    return any(other.enabled and other.per_second > gateway.per_second for other in gateways)
