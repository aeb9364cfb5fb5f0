"""How is the main database reached? One read or one write at a time, each a transaction of its own."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

from sqlalchemy import Connection, Engine, event, exc

from portal.clock import now
from portal.extensions import db

IDLE_BEFORE_PING = 1.0


@contextmanager
def reading(*, planned_anew: bool = False) -> Iterator[Connection]:
    """A connection for reads. Nothing may be written in it.

    On PostgreSQL each statement is a transaction of its own, which saves two round trips; on SQLite they share one.
    `planned_anew`: each time for the values in it, where one value may have ten rows and another a million; a plan that was
    made once for all values is the right one for neither.
    """
    with db.engine.connect() as connection:
        if connection.dialect.name != "postgresql":
            yield connection
            return
        connection.execution_options(isolation_level="AUTOCOMMIT")
        with _planned_anew(connection) if planned_anew else nullcontext():
            yield connection


@contextmanager
def _planned_anew(connection: Connection) -> Iterator[None]:
    """Nothing is prepared meanwhile on this connection, whose statements are otherwise from their fifth time on."""
    driver: Any = connection.connection.driver_connection
    usual, driver.prepare_threshold = driver.prepare_threshold, None
    try:
        yield
    finally:
        driver.prepare_threshold = usual


@contextmanager
def writing() -> Iterator[Connection]:
    """A connection in a writing transaction, committed at the end, rolled back on an exception.

    On SQLite it begins with BEGIN IMMEDIATE, so that a read in it is never out of date when the write comes.
    """
    afterwards: list[Callable[[], None]] = []
    with db.engine.connect() as connection:
        connection.execution_options(write=True, afterwards=afterwards)
        with connection.begin():
            yield connection
    for act in afterwards:
        act()


@contextmanager
def writing_once() -> Iterator[Connection]:
    """A connection for one writing statement that is a transaction of its own: on PostgreSQL that saves two round trips."""
    if db.engine.dialect.name == "postgresql":
        with reading() as connection:
            yield connection
    else:
        with writing() as connection:
            yield connection


def after_commit(connection: Connection, act: Callable[[], None]) -> None:
    """Call `act` when this `writing()` is committed and its connection given back; never, if it is rolled back."""
    connection.get_execution_options()["afterwards"].append(act)


def prepare(engine: Engine) -> None:
    """Set up a new engine for the portal's way of working. Call once per engine."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        event.listen(engine, "checkin", _remember_use)
        event.listen(engine, "checkout", _ping_after_idleness(engine))


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None
    for pragma in ("journal_mode=wal", "synchronous=normal", "foreign_keys=on"):
        connection.execute(f"pragma {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    write = connection.get_execution_options().get("write")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


def _remember_use(_connection: Any, record: Any) -> None:
    record.info["used"] = now()


def _ping_after_idleness(engine: Engine) -> Any:
    """A server may have restarted while a connection was idle: ask it first. Under load no question is asked."""

    def ping(connection: Any, record: Any, _proxy: Any) -> None:
        if now() - record.info.get("used", 0) < IDLE_BEFORE_PING:
            return
        try:
            alive = engine.dialect.do_ping(connection)
        except Exception:
            alive = False
        if not alive:
            raise exc.DisconnectionError

    return ping
