"""Who works on an import? One process at a time; of one that shows no sign of life another takes it over."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, or_, update

from portal import clock
from portal.database import writing
from portal.imports import entries, register
from portal.messages.bulk import SILENT_AFTER
from portal.messages.lease import holder
from portal.models import ImportState, UserImport
from portal.models.columns import table

MOST_ATTEMPTS = 5
"""So many processes may begin without getting anything done: a file that kills its worker must not do so for ever."""
_WORKING = (ImportState.CHECKING, ImportState.APPLYING)
_import = table(UserImport)


class Lost(Exception):
    """The import is somebody else's by now, or there is nothing left to do for it."""


def take(import_id: int) -> Row[Any]:
    """The import, held by this process from now on. Raises Lost when it cannot be."""
    at = clock.now()
    free = or_(_import.c.holder.is_(None), _import.c.holder == holder(), _import.c.beat_at < at - SILENT_AFTER)
    ours = (_import.c.id == import_id) & _import.c.state.in_(_WORKING) & free
    with writing() as connection:
        _give_up(connection, ours & (_import.c.attempts >= MOST_ATTEMPTS))
        held = {"holder": holder(), "beat_at": at, "attempts": _import.c.attempts + 1}
        taken = connection.execute(update(_import).where(ours).values(held).returning(*_import.c)).one_or_none()
    if taken is None:
        raise Lost
    return taken


def _give_up(connection: Connection, hopeless: ColumnElement[bool]) -> None:
    ended = {"state": ImportState.GIVEN_UP, "ended_at": clock.now(), "holder": None}
    for found in connection.execute(update(_import).where(hopeless).values(ended).returning(*_import.c)).all():
        entries.record(connection, found, register.counts(connection, found.id), outcome=ImportState.GIVEN_UP)


def advance(connection: Connection, found: Row[Any], **values: Any) -> None:
    """Write how far the work has come, in the transaction that does it. Raises Lost, and nothing of that transaction stays."""
    ours = (_import.c.id == found.id) & (_import.c.state == found.state) & (_import.c.holder == holder())
    got_on = {"beat_at": clock.now(), "attempts": 0} | values
    if not connection.execute(update(_import).where(ours).values(got_on)).rowcount:
        raise Lost


def release(import_id: int) -> None:
    """Let another process go on at once."""
    ours = (_import.c.id == import_id) & (_import.c.holder == holder())
    with writing() as connection:
        connection.execute(update(_import).where(ours).values(holder=None))
