"""Which rows of one file mean the same? Asked of the database, which needs no memory of ours for it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, Connection, String, case, cast, func, select, update

from portal.imports.faults import RowFault
from portal.models import ImportRow, Verdict
from portal.models.columns import table

_row = table(ImportRow)
_KEYS = (
    (_row.c.username_key, RowFault.SAME_USERNAME), (_row.c.email_key, RowFault.SAME_EMAIL), (_row.c.phone, RowFault.SAME_PHONE),
)


def mark_identifiers(connection: Connection, import_id: int) -> None:
    """Mark all rows that share an identifier with another, each with the line of the other. May be done again."""
    for key, fault in _KEYS:
        _mark(connection, import_id, key, fault)


def mark_users(connection: Connection, import_id: int) -> None:
    """Mark all rows that name one user by different identifiers. May be done again."""
    _mark(connection, import_id, _row.c.user_id, RowFault.SAME_USER, _row.c.verdict != Verdict.FAULTY)


def _mark(connection: Connection, import_id: int, key: Column[Any], fault: RowFault, *which: Any) -> None:
    of_import = (_row.c.import_id == import_id, *which)
    places = (func.min(_row.c.line).label("first"), func.max(_row.c.line).label("last"))
    found = select(key.label("same"), *places).where(key.is_not(None), *of_import).group_by(key).having(func.count() > 1)
    shared = found.cte("shared")
    other = cast(case((_row.c.line == shared.c.first, shared.c.last), else_=shared.c.first), String)
    faults = _row.c.faults + f"{fault}:" + other + " "
    where = (_row.c.import_id == import_id, key == shared.c.same, ~_row.c.faults.contains(f"{fault}:", autoescape=True), *which)
    connection.execute(update(_row).where(*where).values(verdict=Verdict.FAULTY, faults=faults))
