"""What stands in a body of JSON from outside? A flat look at it that no body can break. PURE."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

MOST_DIGITS = 30
"""Digits of a number that anything here could mean."""
LONGEST_AGO = 3 * 86_400.0
"""Seconds: Vonage repeats for a day what was not taken."""


class Unreadable(Exception):
    """The body is no object of JSON, or one that two readers may read differently."""


def read(body: bytes) -> dict[str, Any]:
    """The object that `body` holds. Raises Unreadable, too for names given twice, `NaN` and numbers without end."""
    try:
        found = json.loads(body.decode(), object_pairs_hook=_once, parse_constant=_none_such, parse_int=_whole)
    except (ValueError, RecursionError):
        raise Unreadable from None
    if not isinstance(found, dict):
        raise Unreadable
    return found


def text(value: object) -> str:
    """A text or a whole number as a text; empty for everything else."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def instant(value: object) -> float | None:
    """A time of ISO 8601, as UTC where no zone is said, in seconds since 1970 UTC; None for everything else."""
    try:
        at = datetime.fromisoformat(text(value))
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None


def believed(at: float | None, now: float) -> float:
    """When something happened of which we are told `now`: as is said, unless that is of the future or long ago."""
    return at if at is not None and now - LONGEST_AGO <= at <= now else now


def part(found: Mapping[str, Any], name: str) -> dict[str, Any]:
    """The object under that name; empty if there is none."""
    value = found.get(name)
    return value if isinstance(value, dict) else {}


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError
    return found


def _none_such(_constant: str) -> None:
    raise ValueError


def _whole(digits: str) -> int:
    if len(digits) > MOST_DIGITS:
        raise ValueError
    return int(digits)
