"""What becomes of an import? Somebody has it applied or discards it; what nobody decides about is forgotten after a day."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, delete, or_, select, update

from portal import clock
from portal.database import writing
from portal.imports import register
from portal.models import ImportPart, ImportRow, ImportState, UserImport
from portal.models.columns import table
from portal.trace import Actor, Client

KEPT = 86_400.0
"""Seconds for which the rows are kept of an import that waits for a decision, or whose faulty rows may still be wanted."""
OVER = (ImportState.DONE, ImportState.FAILED, ImportState.GIVEN_UP, ImportState.DISCARDED)
_UNDECIDED = (ImportState.ASKING, ImportState.CHECKING, ImportState.CHECKED)
_import = table(UserImport)


def apply(import_id: int, client: Client, *, actor: Actor, valid_only: bool) -> bool:
    """Have the checked rows written, all or the valid ones; False when that is not so any more, or nothing could be written."""
    writable = _import.c.creates + _import.c.updates > 0
    allowed = writable if valid_only else writable & (_import.c.faulty == 0)
    checked = (_import.c.id == import_id) & (_import.c.state == ImportState.CHECKED)
    values = {"state": ImportState.APPLYING, "valid_only": valid_only, "attempts": 0, "holder": None, "beat_at": None}
    with writing() as connection:
        return _updated(connection, checked & allowed, values | register.who(client, actor)) == 1


def discard(import_id: int) -> bool:
    """Forget the file and its rows, of which nothing was written yet; False when that is not so any more."""
    undecided = (_import.c.id == import_id) & _import.c.state.in_(_UNDECIDED)
    with writing() as connection:
        done = _updated(connection, undecided, _forgotten()) == 1
        if done:
            empty(connection, [import_id])
    return done


def tidy() -> int:
    """Remove files and rows of imports that were over a day ago, or that nobody decided about for a day; returns how many."""
    before = clock.now() - KEPT
    waiting = _import.c.state.in_((ImportState.ASKING, ImportState.CHECKED)) & (_import.c.created_at < before)
    over = _import.c.state.in_(OVER) & (_import.c.ended_at < before)
    kept = _import.c.id.in_(select(ImportPart.import_id).where(ImportPart.number == 0))
    with writing() as connection:
        ids = list(connection.execute(select(_import.c.id).where(or_(waiting, over), kept)).scalars())
        _updated(connection, waiting, _forgotten())
        empty(connection, ids)
    return len(ids)


def empty(connection: Connection, ids: list[int]) -> None:
    """Remove the files and rows of these imports; what they came to stays."""
    for of in (ImportPart, ImportRow):
        connection.execute(delete(of).where(of.import_id.in_(ids)))


def _forgotten() -> dict[str, Any]:
    return {"state": ImportState.DISCARDED, "ended_at": clock.now(), "holder": None}


def _updated(connection: Connection, where: Any, values: dict[str, Any]) -> int:
    return connection.execute(update(_import).where(where).values(values)).rowcount
