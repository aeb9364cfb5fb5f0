"""What does each row of the file say? Read in batches, each kept together with how far it has come."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from sqlalchemy import Row, insert

from portal.database import writing
from portal.extensions import settings
from portal.imports import cells, holding, parts, records
from portal.imports.records import Record
from portal.models import ImportRow
from portal.models.columns import table

BATCH = 1_000
_row = table(ImportRow)
_EMPTY: dict[str, Any] = {"user_id": None, "version": None, "changed": None, "number_changed": None, "suspension_changed": None}


def read(found: Row[Any]) -> Iterator[int]:
    """Read the rows that are not read yet; yields how many are, after each batch."""
    file = parts.opened(found.id, found.size)
    ahead = islice(records.records(file, found.encoding, found.separator), found.read, None)
    number = found.read
    while batch := list(islice(ahead, BATCH)):
        rows = [_read(found, at, record) for at, record in enumerate(batch, number + 1)]
        number += len(batch)
        with writing() as connection:
            holding.advance(connection, found, read=number)
            connection.execute(insert(_row), rows)
        yield number


def _read(found: Row[Any], number: int, record: Record) -> dict[str, Any]:
    said = cells.read(record.cells, found.columns, settings().portal_home_country)
    return {"import_id": found.id, "number": number, "line": record.line, **_EMPTY, **said}
