"""Which rows of one file mean the same? Asked of the database, which sorts them; a join would be left to what it guesses."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, Row, bindparam, func, select, update

from portal.database import writing
from portal.imports import holding
from portal.imports.faults import Fault, RowFault, written
from portal.models import ImportRow, Verdict
from portal.models.columns import table

_row = table(ImportRow)
_KEYS = (
    (_row.c.username_key, RowFault.SAME_USERNAME), (_row.c.email_key, RowFault.SAME_EMAIL), (_row.c.phone, RowFault.SAME_PHONE),
)
_add = (
    update(_row).where(_row.c.import_id == bindparam("of_import"), _row.c.number == bindparam("of_number"))
    .values(verdict=Verdict.FAULTY, faults=_row.c.faults + bindparam("found"))
)


def mark_identifiers(found: Row[Any]) -> None:
    """Mark all rows that share an identifier with another, each with the line of the other. May be done again."""
    for key, fault in _KEYS:
        _mark(found, key, fault)


def mark_users(found: Row[Any]) -> None:
    """Mark all rows that name one user by different identifiers. May be done again."""
    _mark(found, _row.c.user_id, RowFault.SAME_USER, _row.c.verdict != Verdict.FAULTY)


def _mark(found: Row[Any], key: Column[Any], fault: RowFault, *which: Any) -> None:
    """A fault that stands there already is from an earlier try: which then marked all of them, or none."""
    first, last = (edge(_row.c.line).over(partition_by=key) for edge in (func.min, func.max))
    unmarked = ~_row.c.faults.contains(f"{fault}:", autoescape=True)
    every = select(_row.c.number, _row.c.line, first.label("first"), last.label("last")).where(
        _row.c.import_id == found.id, key.is_not(None), unmarked, *which).subquery()
    with writing() as connection:
        holding.advance(connection, found)
        same = connection.execute(select(every).where(every.c.first != every.c.last)).all()
        told = ((row.number, Fault(fault, (row.last if row.line == row.first else row.first,))) for row in same)
        if marks := [{"of_import": found.id, "of_number": number, "found": written(each)} for number, each in told]:
            connection.execute(_add, marks)
