"""Which users does the list show, page by page? Searched, filtered and sorted, however many there are.

What a search or a filter leaves, as long as it is few, is sorted in any way. Of many, a filter's users are passed along the
index that the list is sorted by, and those whom a search finds are shown in the order of what was found.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Select, func, select, true

from portal import strands
from portal.accounts import asking, users
from portal.accounts.asking import SORTS, Asked
from portal.database import reading
from portal.keyset import Count
from portal.models import SignIn
from portal.strands import Place, Strand, Stretch

FEW = 2_000
"""So many are sorted in memory."""


@dataclass(frozen=True)
class Found:
    """One page of users, the cursors of its neighbours, how many there are, and whether they can be sorted otherwise.

    `lately`: by id, when users last came in whose own row does not say so yet.
    """

    rows: list[Row[Any]]
    previous: str | None
    next: str | None
    count: Count
    sortable: bool
    lately: dict[int, float]


def page(asked: Asked, cursor: str | None = None, *, limit: int = 50) -> Found:
    """One page of the list; the first for a cursor that is none."""
    with reading(planned_anew=True) as connection:
        few = _few(connection, asked)
        stretch = _stretch(connection, asked, few, cursor, limit=limit)
        counted = Count(len(few), exact=True) if few is not None else strands.count(connection, asking.counted(asked))
        rows = users.rows(connection, stretch.ids)
        lately = _lately(connection, [row.id for row in rows if row.last_sign_in_at is None])
    least = Count(max(counted.number, len(rows)), counted.exact)
    return Found(rows, stretch.previous, stretch.next, least, few is not None or not asked.ranges, lately)


def each(asked: Asked, *, batch: int = 1_000) -> Iterator[Row[Any]]:
    """All users of the list, in portions: no transaction stays open for as long as the reader takes.

    A few come in the order of the list; many that a filter leaves come in that of its index, which is no work to find.
    """
    for some in _portions(asked, batch):
        with reading(planned_anew=True) as connection:
            found = users.rows(connection, some)
        yield from found


def _portions(asked: Asked, batch: int) -> Iterator[list[int]]:
    """Their ids."""
    with reading(planned_anew=True) as connection:
        few = _few(connection, asked)
    if few is not None:
        ordered = _laid_out(asked, few, None, limit=FEW).ids
        yield from (ordered[start:start + batch] for start in range(0, len(ordered), batch))
        return
    cursor, along = None, asking.in_any_order(asked)
    while True:
        with reading(planned_anew=True) as connection:
            stretch = strands.page(connection, along, cursor, limit=batch)
        yield stretch.ids
        cursor = stretch.next
        if cursor is None:
            return


def ids(asked: Asked, most: int) -> list[int]:
    """The ids of the first `most` users of the list."""
    found: list[int] = []
    cursor: str | None = None
    while True:
        with reading(planned_anew=True) as connection:
            stretch = _stretch(connection, asked, _few(connection, asked), cursor, limit=most)
        found, cursor = found + stretch.ids, stretch.next
        if cursor is None or len(found) >= most:
            return found[:most]


def _stretch(connection: Connection, asked: Asked, few: list[Row[Any]] | None, cursor: str | None, *, limit: int) -> Stretch:
    if few is None:
        return strands.page(connection, asking.along(asked), cursor, limit=limit)
    return _laid_out(asked, few, cursor, limit=limit)


def _laid_out(asked: Asked, few: list[Row[Any]], cursor: str | None, *, limit: int) -> Stretch:
    place = strands.read(cursor, asking.in_order(asked))
    return strands.laid_out([_place(row, asked.sort) for row in few], place, descending=asked.descending, limit=limit)


def _lately(connection: Connection, user_ids: list[int]) -> dict[int, float]:
    if not user_ids:
        return {}
    last = select(SignIn.user_id, func.max(SignIn.completed_at)).where(SignIn.user_id.in_(user_ids), SignIn.trial_id.is_(None))
    rows = connection.execute(last.where(SignIn.completed_at.is_not(None)).group_by(SignIn.user_id))
    return {row.user_id: row[1] or 0.0 for row in rows}


def _place(row: Row[Any], sort: str) -> Place:
    value = row.id if SORTS[sort] is None else row._mapping[sort]
    return Place(0, row.id, value) if value is not None else Place(1, row.id, row.id)


def _few(connection: Connection, asked: Asked) -> list[Row[Any]] | None:
    """All users of the list, if what was typed or a filter leaves only few to look at."""
    for way in asking.narrow(asked):
        found: set[int] = set()
        for strand in way:
            found.update(connection.execute(_some(strand)).scalars())
            if len(found) > FEW:
                break
        else:
            return [row for row in connection.execute(_of_each(found, way[0])) if row.shown]
    return None


def _some(strand: Strand) -> Select[Any]:
    """One id more than would be few. An index has them: of more that is asked, PostgreSQL may look for it in all users."""
    return strands.along(strand, strand.id, most=FEW + 1)


def _of_each(found: set[int], strand: Strand) -> Select[Any]:
    """What these users are sorted by, and whether the list shows them."""
    sorted_by: list[Any] = [column.label(name) for name, column in SORTS.items() if column is not None]
    shown = true() if strand.shown is None else strand.shown
    return select(*sorted_by, strand.id, shown.label("shown")).where(strand.id.in_(sorted(found)))
