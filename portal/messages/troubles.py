"""What does not work at the moment? Each trouble is logged when it begins and when it ends, not every time between."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

log = logging.getLogger(__name__)


@dataclass
class Attempt:
    """Whether the attempt came through."""

    succeeded: bool = False


class Troubles:
    """The things that failed when they were last tried."""

    def __init__(self) -> None:
        self._now: set[str] = set()

    def __contains__(self, what: str) -> bool:
        return what in self._now

    @contextmanager
    def of(self, what: str) -> Iterator[Attempt]:
        """Try `what`; an exception is swallowed. Only its type is logged: its text may hold a number or a password."""
        attempt = Attempt()
        try:
            yield attempt
        except Exception as error:
            self._begin(what, error)
        else:
            attempt.succeeded = True
            self._end(what)

    def _begin(self, what: str, error: Exception) -> None:
        if what not in self._now:
            log.error("%s does not work: %s", what, type(error).__name__)
        self._now.add(what)

    def _end(self, what: str) -> None:
        if what in self._now:
            log.info("%s works again", what)
        self._now.discard(what)
