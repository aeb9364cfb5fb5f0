"""What seldom changes and is asked for by every request: how is it read again only after a change?"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Generic, TypeVar

from flask import current_app

from portal import clock
from portal.counters.ask import Ask, CountersGone, Hit
from portal.counters.counting import take

SECONDS, LONGEST_SECONDS = 1.0, 60.0
"""For which what was read is used again without a question, and as long as nobody says that it was changed."""
_Content = TypeVar("_Content")


@dataclass
class _Copy(Generic[_Content]):
    """What was read, when it was last known to be as it is, and after how many changes."""

    content: _Content
    read_at: float
    known_at: float
    mark: Hit | None


class Kept(Generic[_Content]):
    """What `read` reads from the main database, at most a second old.

    Beside the database stands under `name` how often it was changed, so that it is read again only after a change.
    """

    def __init__(self, name: str, read: Callable[[], _Content]) -> None:
        self._name, self._read = name, read

    def current(self) -> _Content:
        """It, at most a second old."""
        copy, now = self._copy(), clock.now()
        if copy is not None and copy.known_at + SECONDS >= now:
            return copy.content
        mark = self._mark()
        if copy is None or mark is None or mark != copy.mark or copy.read_at + LONGEST_SECONDS < now:
            copy = current_app.extensions[self._name] = _Copy(self._read(), now, now, mark)
        copy.known_at = now
        return copy.content

    def forget(self) -> None:
        """No process uses what it read before: call it after a change, when it is committed."""
        current_app.extensions.pop(self._name, None)
        with suppress(CountersGone):
            take(Ask(self._name, int(LONGEST_SECONDS), renew=True))

    def _copy(self) -> _Copy[_Content] | None:
        copy: _Copy[_Content] | None = current_app.extensions.get(self._name)
        return copy

    def _mark(self) -> Hit | None:
        """How often it was changed lately; None if that cannot be told."""
        try:
            hit = take(Ask(self._name, 0, amount=0))[0]
        except CountersGone:
            return None
        # Nothing counted ends now: the same each time.
        return hit if hit.count else Hit(0, 0.0)
