"""Does an index answer each filter of the logs, so that millions of rows cost no more than a few?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, text

from portal.audit import filters
from portal.audit import log as audit_log
from portal.audit.filters import Result
from portal.database import reading, writing
from portal.extensions import db
from portal.messages import log as message_log
from portal.messages.log import Filter as Messages
from portal.models import MessageState

AUDIT = {
    "event": filters.Filter(event="message"), "person": filters.Filter(person=1), "application": filters.Filter(application=1),
    "outcome": filters.Filter(outcome="failed"), "time": filters.Filter(since=1.0, until=2.0),
    "event and time": filters.Filter(event="message", since=1.0, until=2.0),
    "person and event": filters.Filter(person=1, event="message"),
    "application and result": filters.Filter(application=1, result=Result.BADLY),
    "event and outcome": filters.Filter(event="message", outcome="failed"),
    "all": filters.Filter(person=1, event="message", application=1, outcome="failed", result=Result.BADLY, since=1.0, until=2.0),
}
MESSAGES = {
    "person": Messages(person=1), "number": Messages(number="+4915112345678"), "beginning": Messages(beginnings=("+49151",)),
    "application": Messages(application=1), "failed": Messages(state=MessageState.FAILED),
    "waiting": Messages(state=MessageState.WAITING), "time": Messages(since=1.0, until=2.0),
    "all": Messages(person=1, beginnings=("+49",), application=1, state=MessageState.SENT, since=1.0, until=2.0),
}


@contextmanager
def statements() -> Iterator[list[tuple[str, Any]]]:
    """What is asked of the database meanwhile."""
    asked: list[tuple[str, Any]] = []

    def keep(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_more: Any) -> None:
        asked.append((statement, parameters))

    event.listen(db.engine, "before_cursor_execute", keep)
    yield asked
    event.remove(db.engine, "before_cursor_execute", keep)


def scans(table: str, look: Callable[[], Any]) -> list[str]:
    """The statements that read the whole table. An empty one is read at once by PostgreSQL, unless it is told not to."""
    with statements() as asked:
        look()
    found = []
    with reading() as connection:
        postgres = connection.dialect.name == "postgresql"
        if postgres:
            connection.exec_driver_sql("SET enable_seqscan = off")
        for statement, parameters in asked:
            explain = "EXPLAIN " if postgres else "EXPLAIN QUERY PLAN "
            plan = [str(row[-1]) for row in connection.exec_driver_sql(explain + statement, parameters)]
            whole = f"Seq Scan on {table}" if postgres else f"SCAN {table}"
            found += [f"{line}: {statement}" for line in plan if whole in line and "USING" not in line]
    return found


@pytest.mark.parametrize("name", AUDIT)
def test_an_index_answers_each_filter_of_the_audit_log(app: Flask, both_databases: str, name: str) -> None:
    with app.app_context():
        assert scans("audit_entry", lambda: audit_log.page(AUDIT[name])) == []
        assert scans("audit_entry", lambda: audit_log.page(AUDIT[name], cursor="7")) == []
        assert scans("audit_entry", lambda: audit_log.page(AUDIT[name], cursor="~7")) == []


@pytest.mark.parametrize("name", MESSAGES)
def test_an_index_answers_each_filter_of_the_message_log(app: Flask, both_databases: str, name: str) -> None:
    with app.app_context():
        assert scans("message", lambda: message_log.page(MESSAGES[name])) == []
        assert scans("message", lambda: message_log.page(MESSAGES[name], cursor="7")) == []


def test_what_no_index_answers_is_looked_through_in_bounds(app: Flask) -> None:
    with app.app_context(), statements() as asked:
        audit_log.page(filters.Filter(result=Result.WELL))
        message_log.page(Messages(state=MessageState.SENT))
    assert all("LIMIT" in statement for statement, _parameters in asked if "SELECT" in statement)


@pytest.mark.parametrize("cursor", [None, "20000", "~20000"])
@pytest.mark.parametrize("wanted", [filters.Filter(event="message"), filters.Filter(person=1), filters.Filter(application=1),
                                    filters.Filter(outcome="failed"), filters.Filter(event="message", since=9.0, until=30_000.0)])
def test_nothing_else_is_passed_on_the_way_to_what_an_index_has(
    app: Flask, both_databases: str, wanted: filters.Filter, cursor: str | None,
) -> None:
    with app.app_context():
        with writing() as connection:
            connection.execute(text(_MANY))
            connection.exec_driver_sql("ANALYZE")
        assert passed(lambda: audit_log.page(wanted, cursor=cursor)) < 200


def passed(look: Callable[[], Any]) -> int:
    """How many rows are read for it in vain; all, where SQLite begins at an end of an index."""
    with statements() as asked:
        look()
    with reading() as connection:
        explain = "EXPLAIN ANALYZE " if connection.dialect.name == "postgresql" else "EXPLAIN QUERY PLAN "
        plans = [connection.exec_driver_sql(explain + statement, parameters).all() for statement, parameters in asked]
    lines = [str(row[-1]) for plan in plans for row in plan]
    removed = sum(int(line.rpartition(": ")[2]) for line in lines if "Rows Removed by" in line)
    return removed + _ROWS * sum("SCAN audit_entry" in line for line in lines)


def test_an_old_page_of_a_long_time_is_no_more_work_than_its_first(app: Flask) -> None:
    with app.app_context():
        with writing() as connection:
            connection.execute(text(_MANY))
        long_time = filters.Filter(since=100.0, until=39_000.0)
        first = steps(lambda: audit_log.page(long_time))
        assert steps(lambda: audit_log.page(long_time, cursor="2000")) < 2 * first
        assert steps(lambda: audit_log.page(long_time, cursor="~39000")) < 2 * first


_ROWS = 40_000
_MANY = f"""
    INSERT INTO audit_entry (at, event, outcome, user_id, application_id, detail) WITH RECURSIVE numbers(n) AS
    (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {_ROWS})
    SELECT n, CASE n % 6 WHEN 1 THEN 'message' ELSE 'code sent' END, CASE n % 12 WHEN 1 THEN 'failed' ELSE 'ok' END,
    n % 7, n % 8, '{{}}' FROM numbers"""


def steps(look: Callable[[], Any]) -> int:
    """How many hundreds of steps SQLite takes for it."""
    taken = [0]

    def count() -> int:
        taken[0] += 1
        return 0

    with statements() as asked:
        look()
    with reading() as connection:
        driver: Any = connection.connection.driver_connection
        driver.set_progress_handler(count, 100)
        for statement, parameters in asked:
            if statement != "BEGIN":
                connection.exec_driver_sql(statement, parameters).all()
        driver.set_progress_handler(None, 0)
    return taken[0]


def test_no_plan_for_all_values_serves_a_list(app: Flask, both_databases: str) -> None:
    """PostgreSQL makes one for statements that were prepared, which a driver does from their fifth time on."""
    with app.app_context():
        for _time in range(8):
            audit_log.page(filters.Filter(event="message"))
        with reading() as connection:
            kept = "SELECT statement FROM pg_prepared_statements WHERE statement ~ 'audit_entry'"
            postgres = connection.dialect.name == "postgresql"
            assert not postgres or list(connection.exec_driver_sql(kept)) == []
            assert not postgres or connection.connection.driver_connection.prepare_threshold is not None  # type: ignore[union-attr]
