"""What happens when Redis does not answer? The counters go on in the store beside the main database."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from typing import TypeVar

from portal.counters.ask import Ask, CountersGone, Hit, LastingStore, Store

log = logging.getLogger(__name__)
Answer = TypeVar("Answer")

SECONDS_UNASKED = 2.0
"""How long a process leaves a failed Redis alone, so that not every request waits for it."""


class RedisFirst:
    """Counters in Redis, and during its outage in the lasting store, which all processes share as well.

    There the counts begin from what that store has. So within one window a limit can be used once in each
    store, however often Redis comes and goes, and once more only where Redis comes back empty. It is never
    open, and never multiplied by the number of processes.
    """

    def __init__(self, redis: Store, lasting: LastingStore) -> None:
        self._redis = redis
        self._lasting = lasting
        self._ask_again_at = 0.0

    def take(self, asks: Sequence[Ask]) -> list[Hit]:
        """Answer each ask in its order."""
        return self._either(lambda store: store.take(asks))

    def give_back(self, keys: Sequence[str]) -> None:
        """Take one off each counter above 0."""
        self._either(lambda store: store.give_back(keys))

    def clear(self, keys: Sequence[str]) -> None:
        """Forget these counters where they are counted now."""
        self._either(lambda store: store.clear(keys))

    def slot(self, key: str, seconds: float) -> float:
        """Give out the next moment of `key`, of the store that is asked now."""
        return self._either(lambda store: store.slot(key, seconds))

    def tidy(self) -> int:
        """Delete what an outage left behind; Redis drops its own. Returns how many."""
        return self._lasting.tidy()

    def _either(self, work: Callable[[Store], Answer]) -> Answer:
        if not self._redis_is_due():
            return work(self._lasting)
        try:
            answer = work(self._redis)
        except CountersGone as gone:
            self._begin_outage(gone)
            return work(self._lasting)
        self._end_outage()
        return answer

    def _redis_is_due(self) -> bool:
        """True without an outage; in one, for a single request in every SECONDS_UNASKED."""
        if not self._ask_again_at:
            return True
        if time.monotonic() < self._ask_again_at:
            return False
        self._ask_again_at = time.monotonic() + SECONDS_UNASKED
        return True

    def _begin_outage(self, gone: CountersGone) -> None:
        if not self._ask_again_at:
            # Its class only: a message of the client may hold the address with its password.
            kind = type(gone.__cause__).__name__
            log.warning("Redis does not answer (%s): counting beside the main database until it does", kind)
        self._ask_again_at = time.monotonic() + SECONDS_UNASKED

    def _end_outage(self) -> None:
        if self._ask_again_at:
            log.warning("Redis answers again: counting there")
        self._ask_again_at = 0.0
