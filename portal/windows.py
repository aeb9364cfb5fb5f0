"""Which rows are wanted where no index knows? A bounded number is looked through for each page, which says how far that went."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, Row, func, select

from portal import keyset
from portal.keyset import Count, Order, Page

WINDOW = 5_000
"""Rows looked through for one page."""
SKEW = 120.0
"""Seconds by which a row may be older than one with a lower id: clocks differ, and transactions last."""
_PROBED, _NOWHERE = 100, 2**62
_CURSOR = re.compile(r"^(~?)(\d{1,18})")
Conditions = list[ColumnElement[bool]]
Source = Callable[[Conditions], FromClause]


@dataclass(frozen=True, kw_only=True)
class Found:
    """One page, how many rows there are, and back to which instant was looked, if not to the beginning."""

    page: Page
    count: Count
    looked_back_to: float | None = None


@dataclass(frozen=True, kw_only=True)
class Question:
    """What is asked of a table: `source` reads from it under conditions, `indexed` are those that an index answers, `every`
    all of them. `id` and `at` are the table's columns of ids and instants, which rise together."""

    source: Source
    indexed: Conditions
    every: Conditions
    id: ColumnElement[Any]
    at: ColumnElement[Any]


def newest(connection: Connection, asked: Question, *, cursor: str | None, limit: int = 50) -> Found:
    """The newest rows, or those behind a cursor, where an index answers all that is asked."""
    entry = asked.source(asked.every)
    found = keyset.page(connection, select(*entry.c), order(asked, entry), cursor=cursor, limit=limit)
    return Found(page=found, count=keyset.count(connection, select(entry.c[asked.id.name])))


def through(connection: Connection, asked: Question, *, cursor: str | None, limit: int = 50) -> Found:
    """The same where no index does: among so many rows that `indexed` gives. The next page goes on behind those."""
    begins = _CURSOR.match(cursor or "")
    up = bool(begins and begins[1])
    beyond = [(asked.id > int(begins[2])) if up else (asked.id < int(begins[2]))] if begins else []
    edge = _edge(connection, asked, beyond, up=up)
    inside = [(asked.id < edge.id) if up else (asked.id > edge.id)] if edge else []
    entry = asked.source([*asked.every, *beyond, *inside])
    found = keyset.page(connection, select(*entry.c), order(asked, entry), cursor=cursor, limit=limit)
    if up or found.next or edge is None:
        return Found(page=found, count=_counted(found))
    return Found(page=Page(found.rows, found.previous, str(edge.id + 1)), count=_counted(found), looked_back_to=edge.at)


def between(
    connection: Connection, id_: ColumnElement[Any], at: ColumnElement[Any], *, since: float | None, until: float | None,
) -> Conditions:
    """From `since` on and before `until`, also as a range of ids: those rise with time, and every other index ends with them."""
    found: Conditions = []
    exactly = at + 0.0  # No index knows that: the range of ids is what is to be searched by.
    if since is not None:
        some = select(id_.label("id")).where(at >= since - SKEW).order_by(at).limit(_PROBED).subquery()
        lowest = connection.execute(select(func.min(some.c.id))).scalar()
        found += [id_ >= (_NOWHERE if lowest is None else lowest), exactly >= since]
    if until is not None:
        some = select(id_.label("id")).where(at < until + SKEW).order_by(at.desc()).limit(_PROBED).subquery()
        highest = connection.execute(select(func.max(some.c.id))).scalar()
        found += [id_ <= (-_NOWHERE if highest is None else highest), exactly < until]
    return found


def order(asked: Question, entry: FromClause) -> Order:
    """Newest first."""
    return Order(id=entry.c[asked.id.name], descending=True)


def _edge(connection: Connection, asked: Question, beyond: Conditions, *, up: bool) -> Row[Any] | None:
    """The first row behind the window."""
    entry = asked.source([*asked.indexed, *beyond])
    id_, at = entry.c[asked.id.name], entry.c[asked.at.name]
    behind = select(id_.label("id"), at.label("at")).order_by(id_.asc() if up else id_.desc()).offset(WINDOW).limit(1)
    return connection.execute(behind).first()


def _counted(found: Page) -> Count:
    """Not counted, which would mean to look through all: only whether there are more than these."""
    return Count(len(found.rows), exact=found.next is None and found.previous is None)
