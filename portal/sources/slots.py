"""How many calls to outside sources may be under way at once? So few that a hanging one never takes the whole portal with it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from threading import BoundedSemaphore

from flask import current_app

from portal import clock
from portal.extensions import settings

RESTS = 10.0
"""Seconds for which nobody is sent to a server again that did not answer."""


class Busy(Exception):
    """As many calls as are allowed are under way, or the source did not answer a moment ago: not now."""


@contextmanager
def slot() -> Iterator[None]:
    """Hold one of the process's slots for an outgoing call, without waiting for one. Raises Busy."""
    slots = _slots(max(1, settings().portal_threads // 2))
    if not slots.acquire(blocking=False):
        raise Busy
    try:
        yield
    finally:
        slots.release()


@lru_cache(maxsize=1)
def _slots(count: int) -> BoundedSemaphore:
    return BoundedSemaphore(count)


def rests(server: str) -> bool:
    """Whether that server failed a moment ago, so that nothing is asked of it now."""
    return _resting().get(server, 0.0) > clock.now()


def failed(server: str) -> None:
    """That server did not answer: it rests for a while, in this process."""
    _resting()[server] = clock.now() + RESTS


def answered(server: str) -> None:
    """That server answers."""
    _resting().pop(server, None)


def _resting() -> dict[str, float]:
    """Until when each server rests, in this process."""
    resting: dict[str, float] = current_app.extensions.setdefault("portal_sources_resting", {})
    return resting
