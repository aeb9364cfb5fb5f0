"""How are checked rows written into the user pool? All in one transaction or none; or the valid ones, batch by batch."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Row
from sqlalchemy.exc import IntegrityError

from portal import clock
from portal.database import writing
from portal.imports import entries, holding
from portal.imports.deciding import empty
from portal.imports.register import counts
from portal.imports.writing_users import mark_overtaken, span, write
from portal.models import ImportState

BATCH = 500
_TRIES = 3
OVERTAKEN = "overtaken"


class _Overtaken(Exception):
    """Some row does not fit the pool any more: raised inside the transaction, so that nothing of it stays."""


def apply(found: Row[Any]) -> Iterator[int]:
    """Write the rows as was decided; yields up to which row that is done, after each transaction.

    Whoever leaves off there leaves nothing for good: after the state is set to DONE nothing is yielded before the end.
    """
    if found.valid_only:
        yield from _valid(found)
    else:
        _all(found)
    _forget(found)
    yield found.rows


def _valid(found: Row[Any]) -> Iterator[int]:
    """Each batch with its progress, so that whoever comes after a death goes on exactly behind the last."""
    for after in range(found.applied, found.rows, BATCH):
        up_to = min(after + BATCH, found.rows)
        _again(lambda after=after, up_to=up_to: _batch(found, after, up_to))
        yield up_to
    with writing() as connection:
        _finish(connection, found)


def _batch(found: Row[Any], after: int, up_to: int) -> None:
    rows = span(found, after, up_to)
    with writing() as connection:
        holding.advance(connection, found, applied=up_to)
        mark_overtaken(connection, rows)
        write(connection, rows)
        entries.record_users(connection, found, rows)


def _all(found: Row[Any]) -> None:
    try:
        _again(lambda: _whole(found))
    except _Overtaken:
        _fail(found)


def _whole(found: Row[Any]) -> None:
    rows = span(found, 0, found.rows)
    with writing() as connection:
        holding.advance(connection, found, applied=found.rows)
        if mark_overtaken(connection, rows):
            raise _Overtaken
        write(connection, rows)
        entries.record_users(connection, found, rows)
        _finish(connection, found)


def _fail(found: Row[Any]) -> None:
    """Nothing was written; say which rows were in the way."""
    with writing() as connection:
        mark_overtaken(connection, span(found, 0, found.rows))
        counted = counts(connection, found.id)
        _end(connection, found, ImportState.FAILED, counted, fault=OVERTAKEN)
        entries.record(connection, found, counted, outcome=ImportState.FAILED)


def _finish(connection: Connection, found: Row[Any]) -> None:
    counted = counts(connection, found.id)
    _end(connection, found, ImportState.DONE, counted)
    entries.record(connection, found, counted)


def _forget(found: Row[Any]) -> None:
    """Where no row is faulty nobody needs the file any more. Not in the transaction of the users, which others wait for."""
    with writing() as connection:
        if not counts(connection, found.id)["faulty"]:
            empty(connection, [found.id])


def _end(connection: Connection, found: Row[Any], state: ImportState, counted: dict[str, int], **more: Any) -> None:
    holding.advance(connection, found, state=state, ended_at=clock.now(), holder=None, **counted, **more)


def _again(do: Any) -> None:
    """A user who came between the check and the write stands in the way the first time, and is seen the next."""
    for _ in range(_TRIES - 1):
        try:
            return do()  # type: ignore[no-any-return]
        except IntegrityError:
            continue
    return do()  # type: ignore[no-any-return]
