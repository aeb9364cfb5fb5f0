"""How does one seal rest on another? PURE: ids and lines of entries become ranges, a digest and a mark."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from portal.audit import canonical
from portal.keys import Key, KeyRing

Ranges = list[list[int]]
FIRST = bytes(32)
"""What the first seal rests on."""


@dataclass(frozen=True, kw_only=True)
class Seal:
    """One sealed batch of entries, as the row of `audit_seal` has it."""

    id: int
    sealed_at: float
    entries: int
    ranges: Ranges
    up_to: int
    digest: bytes
    key_name: str
    mark: bytes
    archived_at: float | None = None


class Mark(StrEnum):
    """What the mark of a seal tells: it is ours, it is not, or its key is gone."""

    RIGHT = "right"
    WRONG = "wrong"
    UNKNOWN = "made with another secret"


def well_formed(covered: Any) -> bool:
    """Whether ranges are what they are to be: whoever changed a seal may have written anything there."""
    try:
        return bool(covered) and all(int(first) <= int(last) for first, last in covered)
    except (TypeError, ValueError):
        return False


def ranges(ids: Iterable[int]) -> Ranges:
    """Ascending ids as [first, last] of each unbroken run."""
    runs: Ranges = []
    for id_ in ids:
        if runs and runs[-1][1] == id_ - 1:
            runs[-1][1] = id_
        else:
            runs.append([id_, id_])
    return runs


def gaps(covered: Iterable[list[int]], *, above: int, up_to: int) -> Iterator[tuple[int, int]]:
    """The [first, last] ids between `above` (left out) and `up_to` that no range of `covered`, in any order, holds."""
    at = above + 1
    for first, last in sorted(covered):
        if first > at:
            yield at, first - 1
        at = max(at, last + 1)
    if at <= up_to:
        yield at, up_to


def missing(covered: Ranges, there: Iterable[int]) -> Iterator[tuple[int, int]]:
    """The [first, last] ids that `covered` holds and `there`, ascending, does not."""
    found = ranges(there)
    for first, last in covered:
        yield from gaps((run for run in found if first <= run[0] and run[1] <= last), above=first - 1, up_to=last)


def digest(previous: bytes, lines: Iterable[bytes]) -> bytes:
    """SHA-256 over the digest before and each line with its end."""
    made = hashlib.sha256(previous)
    for line in lines:
        made.update(line + b"\n")
    return made.digest()


def mark(key: Key, seal: Seal) -> bytes:
    """HMAC-SHA-256 over all that a seal says: only who holds the secret can make one that fits."""
    said = [seal.id, seal.sealed_at, seal.entries, seal.ranges, seal.up_to, seal.digest.hex(), seal.archived_at]
    return hmac.digest(key.value, canonical.text(said), "sha256")


def marked(key: Key, seal: Seal) -> Seal:
    """The same seal with a mark made by that key."""
    named = replace(seal, key_name=key.name)
    return replace(named, mark=mark(key, named))


def check(ring: KeyRing, seal: Seal) -> Mark:
    """Whether a seal's mark is ours."""
    key = ring.seal_key(seal.key_name)
    if key is None:
        return Mark.UNKNOWN
    return Mark.RIGHT if hmac.compare_digest(mark(key, seal), seal.mark) else Mark.WRONG
