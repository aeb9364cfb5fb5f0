"""How much work is it for a database to be asked something again, and what does it look at for that?

Judged is processor time, of the database and of the driver in this process: all rows are in memory, so that nothing else
takes time on a machine that is not busy with other things.
"""

import re
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from sqlalchemy import URL, make_url

from bench.console_asked import Asked
from bench.cpu import seconds

BIG = ("user", "sign_in", "message", "audit_entry")
LOOKED_AT = 20_000
"""Rows that a statement may look at. The portal counts up to half of that, and what it leaves out may come on top."""
STEPS = 500_000
"""Steps of SQLite's machine that go with so many rows."""
_SCAN = re.compile(rf"^SCAN ({'|'.join(BIG)})\b")
_LEFT_OUT = tuple(f"Rows Removed by {why}" for why in ("Filter", "Index Recheck", "Join Filter"))


class Database:
    """A connection of the portal's driver to the portal's database."""

    def __init__(self, cursor: Any) -> None:
        self._cursor = cursor

    def row(self, statement: str) -> Any:
        """The first row of a statement."""
        self._cursor.execute(statement)
        return self._cursor.fetchone()

    def repeat(self, asked: Sequence[Asked]) -> None:
        """Ask the same again, and take all rows."""
        for each in asked:
            self._execute(each)
            self._cursor.fetchall()

    def work(self, asked: Sequence[Asked]) -> float:
        """The milliseconds of processor time that this takes here and there."""
        there, here = self._there(), time.thread_time()
        self.repeat(asked)
        return 1000 * (time.thread_time() - here + self._there() - there)

    def faults(self, asked: Sequence[Asked]) -> list[str]:
        """Of each statement that reads a big table from end to end, or too much of one, how it does so."""
        return [f"{fault}: {' '.join(each.statement.split())}" for each in asked for fault in self._faults(each)]

    def _execute(self, asked: Asked) -> None:
        self._cursor.execute(asked.statement, asked.parameters)

    def _there(self) -> float:
        raise NotImplementedError

    def _faults(self, asked: Asked) -> Iterator[str]:
        raise NotImplementedError


class Sqlite(Database):
    """It works in this process. A scan is none where it ends early, in the order of the list: its steps are counted."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        super().__init__(connection.cursor())
        self._connection = connection

    def _there(self) -> float:
        return 0.0

    def _faults(self, asked: Asked) -> Iterator[str]:
        self._cursor.execute(f"EXPLAIN QUERY PLAN {asked.statement}", asked.parameters)
        scans = [row[3] for row in self._cursor.fetchall() if _SCAN.match(row[3])]
        if scans and (steps := self._steps(asked)) > STEPS:
            yield f"{', '.join(scans)}, {steps:,} steps"

    def _steps(self, asked: Asked) -> int:
        counted = [0]

        def count() -> int:
            counted[0] += 1_000
            return 0

        self._connection.set_progress_handler(count, 1_000)
        self.repeat([asked])
        self._connection.set_progress_handler(None, 0)
        return counted[0]


class Postgresql(Database):
    """It works in a process for each connection. What the portal may prepare is prepared, so that plans for all values show."""

    def __init__(self, connection: psycopg.Connection) -> None:
        super().__init__(connection.cursor())
        self._backend = connection.info.backend_pid

    def _execute(self, asked: Asked) -> None:
        self._cursor.execute(asked.statement, asked.parameters, prepare=asked.prepared)

    def _there(self) -> float:
        return seconds(self._backend)

    def _faults(self, asked: Asked) -> Iterator[str]:
        self._cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {asked.statement}", asked.parameters)
        for node in _nodes(self._cursor.fetchone()[0][0]["Plan"]):
            rows = node["Actual Loops"] * (node["Actual Rows"] + sum(node.get(name, 0) for name in _LEFT_OUT))
            if node.get("Relation Name") in BIG and rows > LOOKED_AT:
                yield f"{node['Node Type']} of {node['Relation Name']}, {rows:,.0f} rows"


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """All nodes of a plan."""
    yield node
    for below in node.get("Plans", []):
        yield from _nodes(below)


@contextmanager
def database(address: str) -> Iterator[Database]:
    """A connection of its own to the portal's database."""
    url = make_url(address)
    if url.get_backend_name() == "sqlite":
        file = sqlite3.connect(url.database or "", isolation_level=None)
        yield Sqlite(file)
        file.close()
        return
    with _connected(url) as connection:
        yield Postgresql(connection)


def _connected(url: URL) -> psycopg.Connection:
    where = {"host": url.host, "port": url.port, "user": url.username, "dbname": url.database}
    return psycopg.connect(**where, autocommit=True)  # type: ignore[arg-type]
