"""Which entries of the audit log stand on this page? Newest first, at ten million entries as at ten."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Row, select

from portal import windows
from portal.audit import filters
from portal.audit.canonical import COLUMNS
from portal.audit.filters import Filter
from portal.database import reading
from portal.models import AuditEntry
from portal.models.columns import table
from portal.windows import Found, Question

_entry = table(AuditEntry).c


def page(wanted: Filter, *, cursor: str | None = None) -> Found:
    """The newest entries, or those behind a cursor."""
    with reading(planned_anew=True) as connection:
        asked = _question(connection, wanted)
        look = windows.through if filters.needs_window(wanted) else windows.newest
        return look(connection, asked, cursor=cursor)


def each(wanted: Filter) -> Iterator[Row[Any]]:
    """All entries that are wanted, newest first, read in portions."""
    with reading(planned_anew=True) as connection:
        asked = _question(connection, wanted)
    return windows.each(asked)


def entry(id_: int) -> Row[Any] | None:
    """One entry with all that it says."""
    with reading(planned_anew=True) as connection:
        return connection.execute(select(*COLUMNS).where(_entry.id == id_)).one_or_none()


def _question(connection: Connection, wanted: Filter) -> Question:
    return Question(columns=COLUMNS, ids=lambda span, limit, up: filters.ids(wanted, span, limit, up),
                    rest=filters.every(wanted) if filters.needs_window(wanted) else [],
                    time=filters.of_time(connection, wanted), id=_entry.id, at=_entry.at)
