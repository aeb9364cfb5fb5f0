"""Which rows stand on this page of a list? Each page begins behind the last row seen, so that a late one costs no more."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, func, select, tuple_

from portal.database import reading

_CURSOR = re.compile(r"^(~?)(\d{1,18})(?:\.(.*))?$", re.DOTALL)
COUNTED = 10_000
"""Counts stop here, so that no page waits for a count of millions."""


@dataclass(frozen=True, kw_only=True)
class Order:
    """How a list is sorted: by `column`, rows without a value last, and by `id` among equals; by `id` alone without a column."""

    id: ColumnElement[Any]
    column: ColumnElement[Any] | None = None
    descending: bool = False
    nullable: bool = True


@dataclass(frozen=True)
class Page:
    """One page of a list, and the cursors of the pages before and behind it, where there are any."""

    rows: list[Row[Any]]
    previous: str | None
    next: str | None


@dataclass(frozen=True)
class Count:
    """How many there are; `exact` is False where counting stopped at COUNTED."""

    number: int
    exact: bool


@dataclass(frozen=True)
class _Place:
    """Beside which row a page begins, and to which side of it."""

    id: int
    value: Any
    backwards: bool


def page(connection: Connection, statement: Select[Any], order: Order, *, cursor: str | None = None, limit: int = 50) -> Page:
    """Up to `limit` rows of `statement`. A cursor that is none, or behind which nothing is left, gives the first page."""
    found = beside(connection, statement, order, cursor=cursor, limit=limit)
    if found.rows or _read(cursor, order) is None:
        return found
    return beside(connection, statement, order, limit=limit)


def beside(connection: Connection, statement: Select[Any], order: Order, *, cursor: str | None = None, limit: int = 50) -> Page:
    """The same, but a page without rows where nothing is left behind the cursor."""
    place = _read(cursor, order)
    backwards = place is not None and place.backwards
    found = _rows(connection, statement, order, place, limit + 1)
    more, rows = len(found) > limit, found[:limit]
    if backwards:
        rows = rows[::-1]
    if not rows:
        return Page([], None, None)
    before = more if backwards else place is not None
    behind = True if backwards else more
    return Page(rows, _cursor(rows[0], backwards=True) if before else None, _cursor(rows[-1]) if behind else None)


def each(statement: Select[Any], order: Order, *, batch: int = 1_000) -> Iterator[Row[Any]]:
    """All rows of `statement`, in pages: no transaction stays open for as long as the reader takes."""
    cursor: str | None = None
    while True:
        with reading(planned_anew=True) as connection:
            found = _rows(connection, statement, order, _read(cursor, order), batch)
        yield from found
        if len(found) < batch:
            return
        cursor = _cursor(found[-1])


def count(connection: Connection, statement: Select[Any]) -> Count:
    """How many rows `statement` has, as far as they are counted."""
    some = statement.order_by(None).limit(COUNTED + 1).subquery()
    number = connection.execute(select(func.count()).select_from(some)).scalar_one()
    return Count(min(number, COUNTED), number <= COUNTED)


def _rows(connection: Connection, statement: Select[Any], order: Order, place: _Place | None, limit: int) -> list[Row[Any]]:
    """In the direction of the place: first the part of the list in which it lies, then the rest."""
    backwards = place is not None and place.backwards
    parts = [False, True] if order.column is not None and order.nullable else [False]
    found: list[Row[Any]] = []
    for nulls in reversed(parts) if backwards else parts:
        lies_here = place is not None and nulls == (place.value is None and order.column is not None)
        passed = place is not None and not lies_here and nulls == backwards
        if passed or len(found) >= limit:
            continue
        part = _part(statement, order, place if lies_here else None, nulls=nulls, backwards=backwards)
        found += connection.execute(part.limit(limit - len(found))).all()
    return found


def _part(statement: Select[Any], order: Order, place: _Place | None, *, nulls: bool, backwards: bool) -> Select[Any]:
    """The rows with a value in the sorted column, or those without one, sorted, from the place on."""
    sorted_by = [order.id] if order.column is None or nulls else [order.column, order.id]
    key = order.column if order.column is not None else order.id
    statement = statement.add_columns(key.label("sorted_by"), order.id.label("sorted_id"))
    if order.column is not None and order.nullable:
        statement = statement.where(order.column.is_(None) if nulls else order.column.is_not(None))
    down = order.descending != backwards
    if place is not None:
        statement = statement.where(_beyond(sorted_by, place, down=down))
    return statement.order_by(None).order_by(*(column.desc() if down else column.asc() for column in sorted_by))


def _beyond(sorted_by: list[ColumnElement[Any]], place: _Place, *, down: bool) -> ColumnElement[bool]:
    if len(sorted_by) == 1:
        return sorted_by[0] < place.id if down else sorted_by[0] > place.id
    column, id_ = sorted_by
    pair = tuple_(column, id_)
    beyond = pair < (place.value, place.id) if down else pair > (place.value, place.id)
    # Said once more of the column alone: an index over it bounds the search on every version of both databases.
    return and_(beyond, column <= place.value if down else column >= place.value)


def _cursor(row: Row[Any], *, backwards: bool = False) -> str:
    own = "" if row.sorted_by is None else f".{row.sorted_by}"
    return f"{'~' if backwards else ''}{row.sorted_id}{own}"


def _read(cursor: str | None, order: Order) -> _Place | None:
    found = _CURSOR.match(cursor or "")
    if found is None or "\0" in (cursor or ""):
        return None
    try:
        value = None if order.column is None or found[3] is None else order.column.type.python_type(found[3])
    except (ValueError, NotImplementedError):
        return None
    return _Place(int(found[2]), value, bool(found[1]))
