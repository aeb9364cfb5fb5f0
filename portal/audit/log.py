"""Which entries of the audit log stand on this page? Newest first, at ten million entries as at ten."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, select

from portal import keyset
from portal.audit import filters
from portal.audit.canonical import COLUMNS
from portal.audit.filters import Conditions, Filter
from portal.database import reading
from portal.keyset import Count, Order, Page
from portal.models import AuditEntry
from portal.models.columns import table

WINDOW = 20_000
"""Entries looked through for one page where no index knows the answer; the page says how far that went."""
_CURSOR = re.compile(r"^(~?)(\d{1,18})")
_entry = table(AuditEntry).c


@dataclass(frozen=True, kw_only=True)
class Found:
    """One page, how many there are, and back to which instant was looked, if not to the beginning."""

    page: Page
    count: Count
    looked_back_to: float | None = None


def page(wanted: Filter, *, cursor: str | None = None, limit: int = 50) -> Found:
    """The newest entries, or those behind a cursor."""
    with reading() as connection:
        time = filters.of_time(connection, wanted)
        if filters.needs_window(wanted):
            return _through_window(connection, wanted, time, cursor=cursor, limit=limit)
        entry = filters.source(wanted, [*time, *filters.every(wanted)])
        found = keyset.page(connection, filters.rows(entry), _order(entry), cursor=cursor, limit=limit)
        return Found(page=found, count=keyset.count(connection, select(entry.c.id)))


def each(wanted: Filter) -> Iterator[Row[Any]]:
    """All entries that are wanted, newest first, read in portions."""
    with reading() as connection:
        entry = filters.source(wanted, [*filters.of_time(connection, wanted), *filters.every(wanted)])
    return keyset.each(filters.rows(entry), _order(entry))


def entry(id_: int) -> Row[Any] | None:
    """One entry with all that it says."""
    with reading() as connection:
        return connection.execute(select(*COLUMNS).where(_entry.id == id_)).one_or_none()


def _order(entry: Any) -> Order:
    return Order(id=entry.c.id, descending=True)


def _through_window(
    connection: Connection, wanted: Filter, time: Conditions, *, cursor: str | None, limit: int,
) -> Found:
    """Look through so many entries that an index gives, and go on from there when the next page is asked for."""
    begins = _CURSOR.match(cursor or "")
    up = bool(begins and begins[1])
    beyond = [(_entry.id > int(begins[2])) if up else (_entry.id < int(begins[2]))] if begins else []
    edge = _edge(connection, filters.source(wanted, [*time, *filters.indexed(wanted), *beyond]), up=up)
    inside = [(_entry.id < edge.id) if up else (_entry.id > edge.id)] if edge else []
    entry = filters.source(wanted, [*time, *filters.every(wanted), *beyond, *inside])
    found = keyset.page(connection, filters.rows(entry), _order(entry), cursor=cursor, limit=limit)
    if up or found.next or edge is None:
        return Found(page=found, count=_counted(found))
    return Found(page=Page(found.rows, found.previous, str(edge.id + 1)), count=_counted(found), looked_back_to=edge.at)


def _edge(connection: Connection, entry: Any, *, up: bool) -> Row[Any] | None:
    """The first entry behind the window."""
    order = entry.c.id.asc() if up else entry.c.id.desc()
    return connection.execute(select(entry.c.id, entry.c.at).order_by(order).offset(WINDOW).limit(1)).first()


def _counted(found: Page) -> Count:
    """Not counted, which would mean to look through all: only whether there are more than these."""
    return Count(len(found.rows), exact=found.next is None and found.previous is None)
