"""What can a counter be asked, and what does it answer?"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

LONGEST_KEY = 200


class CountersGone(Exception):
    """No store of the counters answers. Whoever asked says "not now" (503), or the door would be open."""


@dataclass(frozen=True, slots=True)
class Ask:
    """Add `amount` to the counter `key`, whose window closes `seconds` after its first hit.

    An amount of 0 only looks. With `renew` every hit moves the window's end, so that only as many seconds of
    quiet clear the count.
    """

    key: str
    seconds: int
    amount: int = 1
    renew: bool = False


@dataclass(frozen=True, slots=True)
class Hit:
    """The count with this ask in it, and the window's end in seconds since 1970 UTC; 0 and now for none."""

    count: int
    ends_at: float


class Store(Protocol):
    """A place where counters lie. Every method raises CountersGone where the place does not answer."""

    def take(self, asks: Sequence[Ask]) -> list[Hit]:
        """Answer each ask in its order, each of them atomic."""

    def give_back(self, keys: Sequence[str]) -> None:
        """Take one off each counter above 0."""

    def clear(self, keys: Sequence[str]) -> None:
        """Forget these counters."""

    def slot(self, key: str, seconds: float) -> float:
        """Give out the next moment of `key`, and keep the following one `seconds` behind it."""


class LastingStore(Store, Protocol):
    """A store that keeps expired counters until they are swept out."""

    def tidy(self) -> int:
        """Delete expired counters; returns how many."""


def storable(key: str) -> str:
    """`key` as every store can hold it.

    What people type reaches keys. A NUL, half a surrogate pair or 1 MB would be an error in one store and not
    in the next; such a key becomes its digest, which counts just the same.
    """
    if len(key) <= LONGEST_KEY and key.isprintable():
        return key
    return "sha256:" + hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
