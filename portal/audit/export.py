"""How do records leave as a file? As CSV that no spreadsheet runs, or as JSON Lines, one line after the other."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from portal.audit.canonical import COLUMNS

FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What a formula begins with, in East Asian spreadsheets also in its full-width form (OWASP, CSV injection)."""
FIELDS = tuple("time" if column.name == "at" else column.name for column in COLUMNS)
"""What a file says of each entry of the audit log."""
_AT_ONCE = 200


class Format(StrEnum):
    """As what records leave, by the ending of the file's name."""

    CSV = "csv"
    JSON_LINES = "jsonl"


MEDIA_TYPE = {Format.CSV: "text/csv; charset=utf-8", Format.JSON_LINES: "application/x-ndjson; charset=utf-8"}


def entries(rows: Iterable[Any]) -> Iterator[Sequence[Any]]:
    """Entries of the audit log, rows of COLUMNS, as values for FIELDS."""
    return (_values(row) for row in rows)


def lines(fields: Sequence[str], records: Iterable[Sequence[Any]], format_: Format) -> Iterator[str]:
    """The text of a file with those records, in portions; `fields` names their values."""
    return _csv(fields, records) if format_ is Format.CSV else _json(fields, records)


def instant(at: float | None) -> str | None:
    """An instant as ISO 8601 in UTC, to the millisecond."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds") if at is not None else None


def cell(value: Any) -> str:
    """A value as CSV has it. A text that a spreadsheet would run as a formula gets a ' before it (OWASP, CSV injection)."""
    if value is None:
        return ""
    if isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False, sort_keys=True)
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULAS) else str(value)


def _values(row: Any) -> list[Any]:
    return [instant(value) if name == "time" else value for name, value in zip(FIELDS, row[:len(FIELDS)], strict=True)]


def _csv(fields: Sequence[str], records: Iterable[Sequence[Any]]) -> Iterator[str]:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(fields)
    for number, record in enumerate(records, 1):
        writer.writerow([cell(value) for value in record])
        if number % _AT_ONCE == 0:
            yield _emptied(text)
    yield _emptied(text)


def _emptied(text: io.StringIO) -> str:
    said = text.getvalue()
    text.seek(0)
    text.truncate()
    return said


def _json(fields: Sequence[str], records: Iterable[Sequence[Any]]) -> Iterator[str]:
    for record in records:
        said = {field: value for field, value in zip(fields, record, strict=True) if value is not None}
        yield json.dumps(said, ensure_ascii=False) + "\n"
