"""Which ids does a time hold? Ids rise with it, but for rows whose clocks differ, so that a range of them is what is searched."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select

SKEW = 120.0
"""Seconds by which a row may be older than one with a lower id: clocks differ, and transactions last."""
_PROBED, _NOWHERE = 100, 2**62
Conditions = list[ColumnElement[bool]]


@dataclass(frozen=True)
class Time:
    """A time: the range of ids that it lies in, and what must hold of the instants, which no index is asked for.

    `after` and `before`: between these ids all instants lie in it, so that only those near its ends are looked at.
    """

    exactly: Conditions
    lowest: int | None = None
    highest: int | None = None
    after: int = -_NOWHERE
    before: int = _NOWHERE


def between(
    connection: Connection, id_: ColumnElement[Any], at: ColumnElement[Any], *, since: float | None, until: float | None,
) -> Time:
    """From `since` on and before `until`, also as a range of ids: those rise with time, and every other index ends with them."""
    time = Time([])
    exactly = at + 0.0  # No index knows that: the range of ids is what is to be searched by.
    if since is not None:
        lowest, after = _first_from(connection, id_, at, since), _last_until(connection, id_, at, since)
        time = Time([exactly >= since], lowest=lowest, after=after)
    if until is not None:
        highest, before = _last_until(connection, id_, at, until), _first_from(connection, id_, at, until)
        time = replace(time, exactly=[*time.exactly, exactly < until], highest=highest, before=before)
    return time


def _first_from(connection: Connection, id_: ColumnElement[Any], at: ColumnElement[Any], instant: float) -> int:
    """The lowest id that a row from that instant on may have."""
    some = select(id_.label("id")).where(at >= instant - SKEW).order_by(at).limit(_PROBED).subquery()
    lowest = connection.execute(select(func.min(some.c.id))).scalar()
    return _NOWHERE if lowest is None else int(lowest)


def _last_until(connection: Connection, id_: ColumnElement[Any], at: ColumnElement[Any], instant: float) -> int:
    """The highest id that a row before that instant may have."""
    some = select(id_.label("id")).where(at < instant + SKEW).order_by(at.desc()).limit(_PROBED).subquery()
    highest = connection.execute(select(func.max(some.c.id))).scalar()
    return -_NOWHERE if highest is None else int(highest)
