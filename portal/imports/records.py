"""What stands in a file of comma-separated values, and does it hold together? PURE, and never all of it in memory."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, TextIO

from portal.imports import encodings, header
from portal.imports.faults import FileFault, FileRefused
from portal.imports.header import Header

COMMA, SEMICOLON, TAB = ",", ";", "\t"
SEPARATORS = (COMMA, SEMICOLON, TAB)
MOST_ROWS = 200_000
_HINT = re.compile(r"^\ufeff?\"?sep=(.)\"?\s*$", re.IGNORECASE)
"""Some spreadsheets name the separator in a line of its own before the first."""


@dataclass(frozen=True)
class Record:
    """One row below the first line: where it begins in the file, and its cells."""

    line: int
    cells: list[str]


@dataclass(frozen=True, kw_only=True)
class Shape:
    """How a file is written, and how many rows it has."""

    encoding: str
    separator: str
    header: Header
    rows: int


def shape(file: BinaryIO, encoding: str, separator: str | None = None) -> Shape:
    """Read all of the file once. Raises FileRefused where it cannot be taken as a whole."""
    if not encodings.fits(file, encoding):
        raise FileRefused(FileFault.WRONG_ENCODING)
    separator = separator or _separator(file, encoding)
    head = header.read(first_line(file, encoding, separator))
    rows = 0
    for rows, record in enumerate(records(file, encoding, separator), 1):
        if rows > MOST_ROWS:
            raise FileRefused(FileFault.TOO_MANY_ROWS, line=record.line)
    if not rows:
        raise FileRefused(FileFault.NO_ROWS)
    return Shape(encoding=encoding, separator=separator, header=head, rows=rows)


def records(file: BinaryIO, encoding: str, separator: str) -> Iterator[Record]:
    """The rows below the first line, without those that hold nothing. Raises FileRefused where quotes do not close."""
    rows = _filled(file, encoding, separator)
    next(rows, None)
    yield from rows


def first_line(file: BinaryIO, encoding: str, separator: str) -> list[str]:
    """The names of the columns as they stand in the file. Raises FileRefused where there is nothing at all."""
    first = next(_filled(file, encoding, separator), None)
    if first is None:
        raise FileRefused(FileFault.EMPTY)
    return first.cells


def _separator(file: BinaryIO, encoding: str) -> str:
    """That which makes the most columns of ours of the first line."""
    return max(SEPARATORS, key=lambda separator: header.known(first_line(file, encoding, separator)))


def _filled(file: BinaryIO, encoding: str, separator: str) -> Iterator[Record]:
    """All rows that hold something, the first line among them. The file stays open."""
    text = encodings.text(file, encoding)
    try:
        yield from _rows(text, separator)
    finally:
        text.detach()


def _rows(text: TextIO, separator: str) -> Iterator[Record]:
    reader = csv.reader(text, delimiter=separator, strict=True)
    line = 1
    try:
        for cells in reader:
            hint = line == 1 and _HINT.match(separator.join(cells))
            if any(cell.strip() for cell in cells) and not hint:
                yield Record(line, cells)
            line = reader.line_num + 1
    except csv.Error:
        raise FileRefused(FileFault.QUOTES, line=line) from None
