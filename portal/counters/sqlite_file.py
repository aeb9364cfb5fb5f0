"""Where do counters lie beside an SQLite database? In a file of their own, to spare the main one's lock."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from portal.clock import now
from portal.counters.ask import Ask, CountersGone, Hit
from portal.counters.statements import CLEAR, GIVE_BACK, LOOK, SLOT, TAKE, TIDY, numbers

SECONDS_FOR_LOCK = 30
TABLE = """
create table if not exists counter
  (key text primary key, hits integer not null, ends_at real not null) without rowid
"""


class _Connections(threading.local):
    """A thread's connections. Those from before a fork stay: SQLite must neither use nor close them here."""

    def __init__(self) -> None:
        self.of_process: dict[int, sqlite3.Connection] = {}


class SQLiteFile:
    """Counters in one SQLite file, shared by all threads and processes of this machine."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._mine = _Connections()

    def take(self, asks: Sequence[Ask]) -> list[Hit]:
        """One transaction for all asks; none where they only look."""
        with self._transaction(writes=any(ask.amount for ask in asks)) as connection:
            return [_answer(connection, ask) for ask in asks]

    def give_back(self, keys: Sequence[str]) -> None:
        """Take one off each counter above 0."""
        with self._transaction() as connection:
            connection.executemany(GIVE_BACK, [{"key": key} for key in keys])

    def clear(self, keys: Sequence[str]) -> None:
        """Forget these counters."""
        with self._transaction() as connection:
            connection.executemany(CLEAR, [{"key": key} for key in keys])

    def slot(self, key: str, seconds: float) -> float:
        """Give out the next moment of `key`."""
        with self._transaction() as connection:
            rows = connection.execute(SLOT, {"key": key, "now": now(), "seconds": seconds}).fetchall()
        return float(rows[0][0]) - seconds

    def tidy(self) -> int:
        """Delete expired counters; returns how many."""
        with self._transaction() as connection:
            return connection.execute(TIDY, {"now": now()}).rowcount

    @contextmanager
    def _transaction(self, writes: bool = True) -> Iterator[sqlite3.Connection]:
        try:
            connection = self._connection()
            if not writes:
                yield connection
                return
            connection.execute("begin immediate")
            with connection:
                yield connection
        except sqlite3.Error as error:
            raise CountersGone from error

    def _connection(self) -> sqlite3.Connection:
        """This thread's connection in this process."""
        connection = self._mine.of_process.get(os.getpid())
        if connection is None:
            connection = self._mine.of_process[os.getpid()] = _opened(self._path)
        return connection


def _opened(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=SECONDS_FOR_LOCK, isolation_level=None)
    _keep_log_beside(connection)
    # Below "normal" a power cut could leave a file that cannot be read, and every sign-in would be refused.
    connection.execute("pragma synchronous=normal")
    connection.execute(TABLE)
    return connection


def _keep_log_beside(connection: sqlite3.Connection) -> None:
    """Switch to the write-ahead log. For this one change SQLite itself does not wait for other processes."""
    end = time.monotonic() + SECONDS_FOR_LOCK
    while True:
        try:
            connection.execute("pragma journal_mode=wal")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > end:
                raise
            time.sleep(0.01)


def _answer(connection: sqlite3.Connection, ask: Ask) -> Hit:
    values = numbers(ask)
    if ask.amount:
        return Hit(*connection.execute(TAKE, values).fetchall()[0])
    return Hit(*connection.execute(LOOK, values).fetchone() or (0, values["now"]))
