"""How does a file become an import? It is looked through once, and kept to be checked by somebody who has the time."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import IO, Any, BinaryIO, cast

from sqlalchemy import insert, update

from portal import clock
from portal.database import writing
from portal.imports import encodings, parts, records, register
from portal.imports.faults import FileFault, FileRefused
from portal.imports.records import Shape
from portal.models import ImportState, UserImport
from portal.models.columns import table
from portal.trace import Actor, Client

MOST_BYTES = 20 * 1024 * 1024
_import = table(UserImport)
_BEGUN = {"read": 0, "matched": 0, "applied": 0, "valid_only": False, "creates": 0, "updates": 0, "unchanged": 0, "faulty": 0,
          "attempts": 0}
_UNKNOWN: dict[str, Any] = {"state": ImportState.ASKING, "columns": [], "left_out": [], "rows": 0}


@dataclass(frozen=True, kw_only=True)
class Sent:
    """A file as somebody sent it; how it is written, where they say so."""

    file: IO[bytes]
    name: str
    encoding: str | None = None
    separator: str | None = None


def add(sent: Sent, client: Client, *, actor: Actor) -> int:
    """Keep a file to be checked, or to be asked about where its encoding is not certain; returns the import's id.

    Raises FileRefused. Nothing of the user pool changes.
    """
    file, size = cast(BinaryIO, sent.file), sent.file.seek(0, io.SEEK_END)
    _refuse_unreadable(file, size)
    encoding = sent.encoding or encodings.certain(file)
    if encoding is None and not encodings.is_text(file):
        raise FileRefused(FileFault.NOT_TEXT)
    found = _shaped(records.shape(file, encoding, sent.separator)) if encoding else _UNKNOWN
    about = {"file_name": _printable(sent.name), "size": size, "created_at": clock.now()}
    row = _BEGUN | found | about | register.who(client, actor)
    with writing() as connection:
        import_id = int(connection.execute(insert(_import).values(row).returning(_import.c.id)).scalar_one())
        parts.keep(connection, import_id, file)
    return import_id


def answer(import_id: int, encoding: str) -> bool:
    """Say in which encoding the file of an import is that asks; False when it does not ask. Raises FileRefused."""
    found = register.find(import_id)
    if found is None or found.state is not ImportState.ASKING:
        return False
    shape = records.shape(parts.opened(import_id, found.size), encoding)
    asking = (_import.c.id == import_id) & (_import.c.state == ImportState.ASKING)
    with writing() as connection:
        return bool(connection.execute(update(_import).where(asking).values(_shaped(shape))).rowcount)


def _refuse_unreadable(file: BinaryIO, size: int) -> None:
    if size > MOST_BYTES:
        raise FileRefused(FileFault.TOO_LARGE)
    file.seek(0)
    if not file.read(4096).strip():
        raise FileRefused(FileFault.EMPTY)


def _shaped(shape: Shape) -> dict[str, Any]:
    return {"state": ImportState.CHECKING, "encoding": shape.encoding, "separator": shape.separator, "rows": shape.rows,
            "columns": list(shape.header.columns), "left_out": list(shape.header.left_out)}


def _printable(name: str) -> str:
    return "".join(c for c in name if c.isprintable())[-200:] or "users.csv"
