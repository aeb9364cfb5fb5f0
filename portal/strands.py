"""Which rows come next along several indexes, one behind the other, when not every row that is passed may be shown?

A strand is a range of one index in its order. A list is its strands laid end to end. Rows that must not be shown (another
strand shows them already, or a filter leaves them out) are passed over, but never more than LOOKS of them for one page: the
page then ends early, and the next one goes on from there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, SQLColumnExpression, and_, case, func, select, true, tuple_

from portal.keyset import COUNTED, Count
from portal.leads import Lead

_CURSOR = re.compile(r"^(~?)(\d{1,2})\.(\d{1,18})(?:\.(.*))?$", re.DOTALL)
LOOKS = 3_000
"""How many rows are looked at for one page, and in each strand when rows are counted that not all are shown."""


@dataclass(frozen=True, kw_only=True)
class Strand:
    """The rows `where`, in the order of `key` and the id, or those of a `lead` in the order of ids; of these the `shown` ones."""

    id: SQLColumnExpression[Any]
    where: ColumnElement[bool] | None = None
    key: Any = None
    lead: Lead | None = None
    shown: ColumnElement[bool] | None = None
    descending: bool = False


@dataclass(frozen=True)
class Place:
    """Beside which row of which strand a page begins, and to which side of it."""

    strand: int
    id: int
    key: Any
    backwards: bool = False


@dataclass(frozen=True)
class Stretch:
    """The ids of one page, and the cursors of the pages before and behind it, where there are any."""

    ids: list[int]
    previous: str | None = None
    next: str | None = None


def page(connection: Connection, strands: list[Strand], cursor: str | None, *, limit: int = 50) -> Stretch:
    """Up to `limit` ids. A cursor that is none, or before which nothing is left, gives the first page."""
    place = read(cursor, strands)
    found, stopped = _walk(connection, strands, place, limit + 1)
    if place is not None and place.backwards and not found and stopped is None:
        return page(connection, strands, None, limit=limit)
    return _stretch(found, _with_its_row(place, strands), stopped, limit=limit)


def _with_its_row(place: Place | None, strands: list[Strand]) -> Place | None:
    """The place moved by one, so that whoever turns round there meets the row that it was beside."""
    if place is None:
        return None
    towards = 1 if strands[place.strand].descending == place.backwards else -1
    return replace(place, id=max(0, place.id + towards))


def _stretch(found: list[Place], place: Place | None, stopped: Place | None, *, limit: int) -> Stretch:
    """The first `limit` of what was found from the place on; `stopped`: where looking ended before the end."""
    backwards = place is not None and place.backwards
    rows, more = found[:limit], found[limit - 1] if len(found) > limit else stopped
    onward = written(more, backwards=backwards) if more else None
    turned = (rows[0] if rows else place) if place is not None else None
    back = written(turned, backwards=not backwards) if turned else None
    ids = [row.id for row in rows]
    return Stretch(ids[::-1], onward, back) if backwards else Stretch(ids, back, onward)


def _walk(connection: Connection, strands: list[Strand], place: Place | None, wanted: int) -> tuple[list[Place], Place | None]:
    """The next `wanted` rows that are shown; and where looking stopped, if it did before the end."""
    found: list[Place] = []
    last: Place | None = None
    for looks, (row, shown) in enumerate(_passed(connection, strands, place, wanted)):
        if looks >= LOOKS:
            return found, last
        found, last = [*found, row] if shown else found, row
        if len(found) == wanted:
            break
    return found, None


def _passed(connection: Connection, strands: list[Strand], place: Place | None, wanted: int) -> Iterator[tuple[Place, bool]]:
    """Every row from the place on, in pieces that grow, with whether it is shown."""
    backwards = place is not None and place.backwards
    numbers = list(range(len(strands)))[::-1 if backwards else 1]
    for number in numbers[numbers.index(place.strand) if place else 0:]:
        here = place if place is not None and place.strand == number else None
        size = wanted
        while True:
            rows = connection.execute(_piece(strands[number], here, size, backwards=backwards)).all()
            yield from ((_at(number, row, backwards=backwards), bool(row.shown)) for row in rows)
            if len(rows) < size:
                break
            here, size = _at(number, rows[-1], backwards=backwards), min(size * 4, LOOKS // 4)


def _at(number: int, row: Row[Any], *, backwards: bool) -> Place:
    return Place(number, row.id, row.key, backwards)


def along(strand: Strand, *columns: Any, most: int, down: bool = False, place: Place | None = None) -> Select[Any]:
    """These columns of up to `most` rows of a strand, from the place on.

    Sorted even where it does not matter: it keeps PostgreSQL to the index, where it might otherwise gather all of a range.
    """
    beyond = [] if place is None else [_beyond(strand, place, down=down)]
    statement = select(*columns).where(*([] if strand.where is None else [strand.where]), *beyond)
    if strand.lead is not None:
        return statement.where(*strand.lead.walked).order_by(*strand.lead.order(strand.id, down=down)).limit(most)
    sorted_by = [column for column in (strand.key, strand.id) if column is not None]
    return statement.order_by(*(column.desc() if down else column.asc() for column in sorted_by)).limit(most)


def _piece(strand: Strand, place: Place | None, size: int, *, backwards: bool) -> Select[Any]:
    """The statement for the next `size` rows of one strand."""
    key = strand.key if strand.key is not None else strand.id
    shown = strand.shown if strand.shown is not None else true()
    columns: list[Any] = [strand.id.label("id"), key.label("key"), shown.label("shown")]
    return along(strand, *columns, most=size, down=strand.descending != backwards, place=place)


def _beyond(strand: Strand, place: Place, *, down: bool) -> ColumnElement[bool]:
    if strand.key is None:
        return strand.id < place.id if down else strand.id > place.id
    pair, there = tuple_(strand.key, strand.id), (place.key, place.id)
    # Said once more of the column alone: an index over it bounds the search on every version of both databases.
    bound = strand.key <= place.key if down else strand.key >= place.key
    return and_(pair < there if down else pair > there, bound)


def count(connection: Connection, strands: list[Strand]) -> Count:
    """How many rows are shown, as far as they are counted."""
    number, exact = 0, True
    for strand in strands:
        if number > COUNTED or not exact:
            break
        looks = COUNTED if strand.shown is None else LOOKS
        shown = strand.shown if strand.shown is not None else true()
        some = along(strand, strand.id, shown.label("shown"), most=looks + 1).subquery()
        looked_at, seen = connection.execute(select(func.count(), func.count(case((some.c.shown, 1))))).one()
        number, exact = number + seen, looked_at <= looks
    return Count(min(number, COUNTED), exact and number <= COUNTED)


def written(place: Place, *, backwards: bool = False) -> str:
    """A place as a cursor."""
    return f"{'~' if backwards else ''}{place.strand}.{place.id}.{place.key}"


def read(cursor: str | None, strands: list[Strand]) -> Place | None:
    """The place that a cursor names; None for one that is none of this list."""
    found = _CURSOR.match(cursor or "")
    if found is None or "\0" in (cursor or "") or int(found[2]) >= len(strands):
        return None
    key = strands[int(found[2])].key
    try:
        value = key.type.python_type(found[4] or "") if key is not None else int(found[3])
    except ValueError:
        return None
    return Place(int(found[2]), int(found[3]), value, bool(found[1]))


def laid_out(rows: list[Place], cursor: Place | None, *, descending: bool, limit: int = 50) -> Stretch:
    """The page of a list that is small enough to be sorted here, in the order in which its strands would show it."""
    beside = [] if cursor is None else [cursor]
    ordered: list[Place] = []
    for strand in sorted({row.strand for row in (*rows, *beside)}):
        of_it = {(row.key, row.id): row for row in (*beside, *rows) if row.strand == strand}
        ordered += [of_it[key] for key in sorted(of_it, reverse=descending)]
    if cursor is None:
        return _stretch(ordered, None, None, limit=limit)
    here = next(at for at, row in enumerate(ordered) if (row.strand, row.id, row.key) == (cursor.strand, cursor.id, cursor.key))
    rest = ordered[:here][::-1] if cursor.backwards else ordered[here + 1:]
    if not rest:
        return laid_out(rows, None, descending=descending, limit=limit)
    return _stretch(rest, cursor, None, limit=limit)
