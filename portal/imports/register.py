"""Which imports are there, how far has each come, and which rows of it cannot be taken?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Row, Select, func, select

from portal.database import reading
from portal.imports import parts, records
from portal.models import ImportRow, UserImport, Verdict
from portal.models.columns import table
from portal.trace import Actor, Client

_PIECE = 1_000
_import, _row = table(UserImport), table(ImportRow)


def find(import_id: int) -> Row[Any] | None:
    """One import, without its rows."""
    with reading() as connection:
        return connection.execute(select(_import).where(_import.c.id == import_id)).one_or_none()


def latest(limit: int = 10) -> list[Row[Any]]:
    """The last imports, newest first."""
    with reading() as connection:
        return list(connection.execute(select(_import).order_by(_import.c.id.desc()).limit(limit)))


def who(client: Client, actor: Actor) -> dict[str, Any]:
    """The columns that say who decided about an import, and from where."""
    return {"actor": actor.name, "actor_id": actor.user_id, "address": client.address, "agent": client.agent}


def faulty(import_id: int, *, after: int = 0, limit: int = 50) -> list[Row[Any]]:
    """The rows that cannot be taken, in the order of the file: number, line, what they say, and their faults as kept."""
    with reading() as connection:
        return list(connection.execute(_faulty(import_id).where(_row.c.number > after).limit(limit)))


def _faulty(import_id: int) -> Select[Any]:
    columns = (_row.c.number, _row.c.line, _row.c.faults, _row.c.username, _row.c.email, _row.c.phone, _row.c.name)
    where = (_row.c.import_id == import_id, _row.c.verdict == Verdict.FAULTY)
    return select(*columns).where(*where).order_by(_row.c.number)


def counts(connection: Connection, import_id: int) -> dict[str, int]:
    """How many rows there are of each verdict, by the columns of the import that keep it."""
    counted = select(_row.c.verdict, func.count().label("number")).where(_row.c.import_id == import_id).group_by(_row.c.verdict)
    by_verdict = {row.verdict: row.number for row in connection.execute(counted)}
    columns = {"creates": Verdict.CREATE, "updates": Verdict.UPDATE, "unchanged": Verdict.UNCHANGED, "faulty": Verdict.FAULTY}
    return {column: by_verdict.get(verdict, 0) for column, verdict in columns.items()}


def first_line(found: Row[Any]) -> list[str]:
    """The names of the columns as they stand in the file."""
    return records.first_line(parts.opened(found.id, found.size), found.encoding, found.separator)


def faulty_records(found: Row[Any]) -> Iterator[tuple[list[str], Row[Any]]]:
    """The cells of each faulty row as they stand in the file, and the row; read in pieces."""
    wanted = _every_faulty(found.id)
    row = next(wanted, None)
    for number, record in enumerate(records.records(parts.opened(found.id, found.size), found.encoding, found.separator), 1):
        if row is None:
            return
        if row.number == number:
            yield [*record.cells, *[""] * (len(found.columns) - len(record.cells))], row
            row = next(wanted, None)


def _every_faulty(import_id: int) -> Iterator[Row[Any]]:
    after, piece = 0, faulty(import_id, limit=_PIECE)
    while piece:
        yield from piece
        after = piece[-1].number
        piece = faulty(import_id, after=after, limit=_PIECE)
