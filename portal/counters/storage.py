"""How does Flask-Limiter reach the counters? As a storage of the `limits` library, at `portal://`."""

from __future__ import annotations

from limits.storage import Storage

from portal.counters.ask import Ask, CountersGone
from portal.counters.counting import clear, take


class SharedStorage(Storage):
    """The running application's counters, for the strategy `fixed-window`: a hit counts before it is judged.

    CountersGone passes through to the page "not now": neither the limiter's own memory nor a swallowed error
    may stand in.
    """

    STORAGE_SCHEME = ["portal"]  # noqa: RUF012 (the library declares it)

    @property
    def base_exceptions(self) -> type[Exception]:
        """What says that nothing could be counted."""
        return CountersGone

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Add `amount` to a window of `expiry` seconds; returns the count with it."""
        return take(Ask(key, expiry, amount))[0].count

    def get(self, key: str) -> int:
        """The count, 0 where nothing is counted."""
        return take(Ask(key, 0, amount=0))[0].count

    def get_expiry(self, key: str) -> float:
        """When the window closes, seconds since 1970 UTC; now where nothing is counted."""
        return take(Ask(key, 0, amount=0))[0].ends_at

    def check(self) -> bool:
        """True if a store answers."""
        try:
            take(Ask("check", 0, amount=0))
        except CountersGone:
            return False
        return True

    def reset(self) -> None:
        """Refused: the store also counts wrong passwords, which no reset of page limits may lift."""
        raise NotImplementedError

    def clear(self, key: str) -> None:
        """Forget one counter."""
        clear(key)
