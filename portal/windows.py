"""Which rows are wanted where no index knows? A bounded number is looked through for each page, which says how far that went."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, FromClause, Row, Select, and_, func, or_, select, true

from portal import keyset, leads
from portal.database import reading
from portal.keyset import COUNTED, Count, Order, Page
from portal.leads import Lead
from portal.times import Conditions, Time

WINDOW = 5_000
"""Rows looked through for one page."""
_AT_ONCE = 1_000
_CURSOR = re.compile(r"^(~?)(\d{1,18})")


@dataclass(frozen=True)
class Span:
    """A range of ids, of which both ends belong to it; None: no end."""

    lowest: int | None = None
    highest: int | None = None

    def holds(self, id_: ColumnElement[Any]) -> Conditions:
        """One bound to each side: of two, SQLite would search by the first and pass all rows up to the other."""
        above = [] if self.lowest is None else [id_ >= self.lowest]
        return above if self.highest is None else [*above, id_ <= self.highest]


Ids = Callable[[Span, int, bool], FromClause]


@dataclass(frozen=True, kw_only=True)
class Found:
    """One page, how many rows there are, and back to which instant was looked, if not to the beginning."""

    page: Page
    count: Count
    looked_back_to: float | None = None


@dataclass(frozen=True, kw_only=True)
class Question:
    """What is asked of a table with these `columns`: `ids` reads the ids that an index gives, `rest` is what must hold besides.

    `id` and `at` are the table's columns of ids and instants, which rise together.
    """

    columns: tuple[Any, ...]
    ids: Ids
    rest: Conditions
    time: Time
    id: Column[Any]
    at: Column[Any]


def newest(connection: Connection, asked: Question, *, cursor: str | None, limit: int = 50) -> Found:
    """The newest rows, or those behind a cursor, where an index answers all that is asked."""
    return replace(through(connection, asked, cursor=cursor, limit=limit), count=_count(connection, asked))


def through(connection: Connection, asked: Question, *, cursor: str | None, limit: int = 50) -> Found:
    """The same where no index does: among so many rows that `ids` gives. The next page goes on behind those."""
    begins = _CURSOR.match(cursor or "")
    up = bool(begins and begins[1])
    place = int(begins[2]) if begins else None
    near = _near(asked, WINDOW + 1, above=place if up else None, below=None if up else place, up=up)
    edge = _edge(connection, near, up=up)
    inside = select(near.c.id).where(_holds(asked, near), *([] if edge is None else [near.c.id != edge]))
    # Near are the rows beside the cursor alone: where none is found, a first page would be looked for among the same.
    ids = keyset.beside(connection, inside, Order(id=near.c.id, descending=True), cursor=cursor, limit=limit)
    found = Page(_rows(connection, asked, [row.id for row in ids.rows]), ids.previous, ids.next)
    if up or found.next or edge is None:
        return Found(page=found, count=_counted(found))
    back_to = connection.execute(select(asked.at).where(asked.id == edge)).scalar()
    return Found(page=Page(found.rows, found.previous, str(edge + 1)), count=_counted(found), looked_back_to=back_to)


def each(asked: Question) -> Iterator[Row[Any]]:
    """All rows that are wanted, newest first, in portions: no transaction stays open for as long as the reader takes."""
    below: int | None = None
    while True:
        near = _near(asked, _AT_ONCE, below=below)
        with reading(planned_anew=True) as connection:
            looked_at = connection.execute(select(near.c.id, _holds(asked, near).label("holds"))).all()
            found = _rows(connection, asked, [row.id for row in looked_at if row.holds])
        yield from found
        if len(looked_at) < _AT_ONCE:
            return
        below = min(row.id for row in looked_at)


def _near(asked: Question, limit: int, *, above: int | None = None, below: int | None = None, up: bool = False) -> FromClause:
    """The ids of so many rows that an index gives: it has them in their order, and no row is read for them."""
    lowest = [each for each in (asked.time.lowest, None if above is None else above + 1) if each is not None]
    highest = [each for each in (asked.time.highest, None if below is None else below - 1) if each is not None]
    return asked.ids(Span(max(lowest, default=None), min(highest, default=None)), limit, up)


def first(statement: Select[Any], span: Span, limit: int, *, up: bool, lead: Lead | None = None) -> FromClause:
    """The ids in a statement that come first in a span, as an index has them: that of a lead, or one of ids alone.

    A limit of its own keeps each part of a union to its index.
    """
    id_ = statement.selected_columns.id
    inside = statement.where(*span.holds(id_))
    if lead is None:
        return inside.order_by(id_.asc() if up else id_.desc()).limit(limit).subquery()
    led = inside.where(*lead.walked).order_by(*lead.order(id_, down=not up)).limit(leads.some(limit)).subquery()
    # Sorted once more by what they are sorted by: then PostgreSQL knows it, and asks about no more of them than fill the page.
    return first(select(led.c.id), Span(), limit, up=up)


def _holds(asked: Question, near: FromClause) -> ColumnElement[bool]:
    """Whether the rest holds for the row of an id: asked of one after the other. Joined, PostgreSQL would read whole tables."""
    conditions = [*asked.rest, *asked.time.exactly]
    if not conditions:
        return true()
    row = select(asked.id).where(asked.id == near.c.id, *conditions).limit(1)
    found = row.correlate(near).scalar_subquery().is_not(None)
    # Ids that need no look come first: both databases leave out what stands behind an `or` that is answered.
    return found if asked.rest else or_(and_(near.c.id > asked.time.after, near.c.id < asked.time.before), found)


def _rows(connection: Connection, asked: Question, ids: list[int]) -> list[Row[Any]]:
    """The rows with these ids, in this order."""
    rows = connection.execute(select(*asked.columns).where(asked.id.in_(ids))).all() if ids else []
    found = {row.id: row for row in rows}
    return [found[id_] for id_ in ids if id_ in found]


def _edge(connection: Connection, near: FromClause, *, up: bool) -> int | None:
    """The id of the first row behind the window."""
    furthest = func.max(near.c.id) if up else func.min(near.c.id)
    number, edge = connection.execute(select(func.count(), furthest).select_from(near)).one()
    return edge if number > WINDOW else None


def _count(connection: Connection, asked: Question) -> Count:
    """How many rows an index gives, as far as they are counted, but for those that the time leaves out at its ends."""
    near = _near(asked, COUNTED + 1)
    if not asked.time.exactly:
        return keyset.count(connection, select(near.c.id))
    counted = select(func.count(), func.count().filter(_holds(asked, near))).select_from(near)
    number, wanted = connection.execute(counted).one()
    return Count(min(wanted, COUNTED), number <= COUNTED)


def _counted(found: Page) -> Count:
    """Not counted, which would mean to look through all: only whether there are more than these."""
    return Count(len(found.rows), exact=found.next is None and found.previous is None)
