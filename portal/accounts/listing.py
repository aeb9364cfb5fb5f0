"""Which users does the list show, page by page? Searched, filtered and sorted, however many there are.

What a search or a filter leaves, as long as it is few, is sorted in any way. Of many, a filter's users are passed along the
index that the list is sorted by, and those whom a search finds are shown in the order of what was found.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, or_, select, true

from portal import strands
from portal.accounts import searching, users
from portal.accounts.filters import Band, Filter, band
from portal.accounts.searching import Range
from portal.database import reading
from portal.keyset import Count
from portal.models import User
from portal.strands import Place, Strand, Stretch

SORTS: dict[str, Any] = {
    "username": User.username_key, "email": User.email_key, "created": None, "last-login": User.last_sign_in_at,
}
_LEADS = {"last-login": User.last_sign_in_at}
"""Columns whose index has the rows without a value in the order of ids; for the others there is one of these rows alone."""
FEW = 2_000
"""So many are sorted in memory."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What the list is asked for: typed text, filters that must all hold, and an order.

    `home`: the region whose national numbers are typed; `locked_at`: how many wrong codes lock the SMS step.
    """

    search: str = ""
    filters: tuple[Filter, ...] = ()
    sort: str = "created"
    descending: bool = True
    home: str | None = None
    locked_at: int = 30

    @property
    def ranges(self) -> list[Range]:
        """Where to search."""
        return searching.ranges(self.search, self.home)

    @property
    def bands(self) -> list[Band]:
        """The filters."""
        return [band(name, self.locked_at) for name in self.filters]


@dataclass(frozen=True)
class Found:
    """One page of users, the cursors of its neighbours, how many there are, and whether they can be sorted otherwise."""

    rows: list[Row[Any]]
    previous: str | None
    next: str | None
    count: Count
    sortable: bool


def page(asked: Asked, cursor: str | None = None, *, limit: int = 50) -> Found:
    """One page of the list; the first for a cursor that is none."""
    with reading() as connection:
        few = _few(connection, asked)
        stretch = _stretch(connection, asked, few, cursor, limit=limit)
        counted = Count(len(few), exact=True) if few is not None else strands.count(connection, _counted(asked))
        rows = users.rows(connection, stretch.ids)
    return Found(rows, stretch.previous, stretch.next, counted, few is not None or not asked.ranges)


def each(asked: Asked, *, batch: int = 1_000) -> Iterator[Row[Any]]:
    """All users of the list, in pages: no transaction stays open for as long as the reader takes."""
    cursor: str | None = None
    while True:
        with reading() as connection:
            stretch = _stretch(connection, asked, _few(connection, asked), cursor, limit=batch)
            found = users.rows(connection, stretch.ids)
        yield from found
        cursor = stretch.next
        if cursor is None:
            return


def _stretch(connection: Connection, asked: Asked, few: list[Row[Any]] | None, cursor: str | None, *, limit: int) -> Stretch:
    if few is None:
        return strands.page(connection, _strands(asked), cursor, limit=limit)
    place = strands.read(cursor, _sorted(asked, []))
    return strands.laid_out([_place(row, asked.sort) for row in few], place, descending=asked.descending, limit=limit)


def _place(row: Row[Any], sort: str) -> Place:
    value = row.id if SORTS[sort] is None else row._mapping[sort]
    return Place(0, row.id, value) if value is not None else Place(1, row.id, row.id)


def _few(connection: Connection, asked: Asked) -> list[Row[Any]] | None:
    """All users of the list, if what was typed or a filter leaves only few to look at."""
    for sources, rest in _narrow(asked):
        found: dict[int, Row[Any]] = {}
        for source in sources:
            statement = select(User.id, *(column.label(name) for name, column in SORTS.items() if column is not None))
            rows = connection.execute(statement.add_columns(rest.label("shown")).where(source).limit(FEW + 1))
            found |= {row.id: row for row in rows}
            if len(found) > FEW:
                break
        else:
            return [row for row in found.values() if row.shown]
    return None


def _narrow(asked: Asked) -> Iterator[tuple[list[ColumnElement[bool]], ColumnElement[bool]]]:
    """Ways to look at few users only: conditions that an index answers each, and what must hold besides."""
    ranges, bands = asked.ranges, asked.bands
    if ranges:
        yield [each.holds for each in ranges], _all(each.holds for each in bands)
    found = or_(*(each.holds for each in ranges)) if ranges else true()
    for number, first in enumerate(bands):
        others = [other.holds for other in bands[:number] + bands[number + 1:]]
        yield [first.where], _all([found, *others, *([] if first.rest is None else [first.rest])])


def _strands(asked: Asked) -> list[Strand]:
    """Along which indexes the users of the list stand in its order."""
    ranges, bands = asked.ranges, asked.bands
    if ranges:
        return _searched(ranges, bands)
    if not bands or not bands[0].ordered or SORTS[asked.sort] is not None:
        return _sorted(asked, bands)
    first, *others = bands
    shown = _left([*([] if first.rest is None else [first.rest]), *(other.holds for other in others)])
    return [Strand(id=User.id, where=first.where, lead=first.lead, shown=shown, descending=asked.descending)]


def _searched(ranges: list[Range], bands: list[Band]) -> list[Strand]:
    """What was found in one column behind what was found in another, nobody twice."""
    wanted = [each.holds for each in bands]
    return [Strand(id=User.id, where=here.holds, key=here.column, shown=_left([*wanted, *(r.misses for r in ranges[:number])]))
            for number, here in enumerate(ranges)]


def _sorted(asked: Asked, bands: list[Band]) -> list[Strand]:
    """Users with a value in the sorted column, then those without one."""
    column, shown = SORTS[asked.sort], _left(each.holds for each in bands)
    if column is None:
        return [Strand(id=User.id, shown=shown, descending=asked.descending)]
    return [
        Strand(id=User.id, where=column.is_not(None), key=column, shown=shown, descending=asked.descending),
        Strand(id=User.id, where=column.is_(None), lead=_LEADS.get(asked.sort), shown=shown, descending=asked.descending),
    ]


def _counted(asked: Asked) -> list[Strand]:
    """The same users in an order that is quick to count."""
    return _strands(Asked(search=asked.search, filters=asked.filters, home=asked.home, locked_at=asked.locked_at))


def _all(conditions: Iterable[ColumnElement[bool]]) -> ColumnElement[bool]:
    return and_(true(), *conditions)


def _left(conditions: Iterable[ColumnElement[bool]]) -> ColumnElement[bool] | None:
    """What must hold besides; None where every row is shown."""
    listed = list(conditions)
    return and_(*listed) if listed else None
