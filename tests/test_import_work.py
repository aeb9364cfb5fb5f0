"""Is an import done once and whole, whoever dies over it, and do people log in meanwhile?"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from portal.database import writing
from tests import importing
from tests.importing import COLUMNS, checks, uploads
from tests.people import does, is_home, rows
from tests.processes import Server, until
from tests.servers import CHEAP, ROOT
from tests.town import ROOMY, Town, town_of
from tests.visitor import Visitor

boss = importing.boss
MANY = 3_000
ENOUGH = 40_000
"""So many that the check still goes on when a portal that was told to stop has stopped."""


def crowd(count: int) -> str:
    people = (f"user{n}.x,user{n}@example.com,+49160{n:07},Person {n},no" for n in range(count))
    return "\n".join([COLUMNS, *people]) + "\n"


class Worker(Server):
    """A process that works an import off, as the sender starts it."""

    def __init__(self, database_url: str, import_id: int) -> None:
        super().__init__()
        self.database_url, self.import_id = database_url, import_id

    def command(self) -> list[str]:
        return [sys.executable, "-m", "flask", "--app", "wsgi", "portal", "user", "work-off-import", str(self.import_id)]

    def folder(self) -> Path:
        return ROOT

    def surroundings(self) -> dict[str, str]:
        return CHEAP | {"PATH": os.environ["PATH"], "HOME": str(self.directory), "DATABASE_URL": self.database_url}

    def ready(self) -> bool:
        return True


@pytest.fixture
def worker(both_databases: str) -> Iterator[Callable[[int], Worker]]:
    """Starts workers; those that still run end with the test."""
    started: list[Worker] = []

    def start(import_id: int) -> Worker:
        started.append(Worker(both_databases, import_id))
        started[-1].start()
        return started[-1]

    yield start
    for each in started:
        each.end()


def value(app: Flask, statement: str) -> int:
    return int(rows(app, statement)[0][0])


def import_id(boss: Visitor) -> int:
    return int(boss.path.rpartition("/")[2])


def column(app: Flask, name: str) -> int:
    return value(app, f"SELECT {name} FROM user_import")


def dies(app: Flask, worker: Worker, when: str) -> None:
    """Kill the worker as soon as something is true of the import's row; nobody else takes the import yet."""
    end = time.monotonic() + 20
    # Without a rest between two looks: what is waited for may last no longer than a few batches.
    while not rows(app, f"SELECT id FROM user_import WHERE {when}"):
        assert time.monotonic() < end, f"waited in vain for {when}"
    worker.kill()
    [before] = rows(app, "SELECT read, matched, applied, state FROM user_import")
    does(app, "user", "work-off-import", str(worker.import_id))
    assert rows(app, "SELECT read, matched, applied, state FROM user_import") == [before], "taken from somebody who may live"


def a_minute_passes(app: Flask) -> None:
    """It is a minute ago that somebody showed a sign of life over the import."""
    with app.app_context(), writing() as connection:
        connection.execute(text("UPDATE user_import SET beat_at = beat_at - 61"))


def everybody_is_there_once(app: Flask, count: int) -> bool:
    assert value(app, "SELECT count(*) FROM \"user\" WHERE username LIKE 'user%.x'") == count
    told = "SELECT count({}) FROM audit_entry WHERE event = 'user created' AND actor = 'boss'"
    assert value(app, told.format("*")) == value(app, told.format("DISTINCT user_id")) == count
    return value(app, "SELECT count(*) FROM audit_entry WHERE event = 'users imported' AND outcome = 'ok'") == 1


@pytest.mark.parametrize("when", ["read >= 1000 AND read < rows", "matched >= 1000 AND matched < rows"])
def test_another_goes_on_where_the_check_was_killed(
        app: Flask, boss: Visitor, worker: Callable[[int], Worker], when: str) -> None:
    uploads(boss, crowd(MANY) + "user1.x,,,,\nx,,,,\n")
    dies(app, worker(import_id(boss)), when)
    a_minute_passes(app)
    does(app, "user", "work-off-import", str(import_id(boss)))
    assert boss.opens(boss.path).sees(f"To be created {MANY - 1:,}", "3 faulty rows")
    assert value(app, "SELECT count(*) FROM user_import_row") == MANY + 2


def test_another_goes_on_behind_the_last_batch_that_was_written(
        app: Flask, boss: Visitor, worker: Callable[[int], Worker]) -> None:
    checks(app, boss, crowd(MANY) + "x,,,,\n").submits(f"Import the {MANY:,} valid rows")
    dies(app, worker(import_id(boss)), "applied >= 500 AND applied < 3000")
    applied = column(app, "applied")
    assert value(app, "SELECT count(*) FROM \"user\" WHERE username LIKE 'user%.x'") == applied < MANY
    a_minute_passes(app)
    does(app, "user", "work-off-import", str(import_id(boss)))
    assert boss.opens(boss.path).sees(f"Imported: {MANY:,} users created")
    assert everybody_is_there_once(app, MANY)


def test_all_or_nothing_holds_when_the_writer_is_killed(app: Flask, boss: Visitor, worker: Callable[[int], Worker]) -> None:
    checks(app, boss, crowd(MANY)).submits(f"Import all {MANY:,} rows")
    dies(app, worker(import_id(boss)), "state = 'applying' AND holder IS NOT NULL")
    there = value(app, "SELECT count(*) FROM \"user\" WHERE username LIKE 'user%.x'")
    assert there in (0, MANY)
    if not there:
        a_minute_passes(app)
        does(app, "user", "work-off-import", str(import_id(boss)))
    assert boss.opens(boss.path).sees(f"Imported: {MANY:,} users created")
    assert everybody_is_there_once(app, MANY)


def test_two_workers_do_not_do_the_same_work(app: Flask, boss: Visitor, worker: Callable[[int], Worker]) -> None:
    checks(app, boss, crowd(MANY) + "x,,,,\n").submits(f"Import the {MANY:,} valid rows")
    first, second = worker(import_id(boss)), worker(import_id(boss))
    until(lambda: first.ended() and second.ended(), seconds=60, what="both workers")
    assert boss.opens(boss.path).sees(f"Imported: {MANY:,} users created")
    assert everybody_is_there_once(app, MANY)


@pytest.mark.usefixtures("both_databases")
def test_what_kills_its_workers_again_and_again_is_given_up(app: Flask, boss: Visitor) -> None:
    uploads(boss, crowd(3))
    with app.app_context(), writing() as connection:
        connection.execute(text("UPDATE user_import SET attempts = 5"))
    does(app, "user", "work-off-import", str(import_id(boss)))
    assert boss.opens(boss.path).sees("Given up", "broke off again and again")


@pytest.fixture(params=["sqlite", "postgres"])
def town(request: pytest.FixtureRequest) -> Iterator[Town]:
    """A portal with its sender, on either database."""
    environment = {} if request.param == "sqlite" else {"DATABASE_URL": request.getfixturevalue("postgres")}
    with town_of(**ROOMY, **environment) as portal:
        yield portal


def becomes(boss: Visitor, words: str) -> Visitor:
    until(lambda: words in boss.opens(boss.path).page.text, seconds=90, what=words)
    return boss


def comes_in(town: Town, person: tuple[str, str]) -> Visitor:
    return town.at_code_page(person[0]).enters_code(person[1])


def test_the_sender_does_the_work_and_people_log_in_meanwhile(town: Town) -> None:
    boss = comes_in(town, town.person(administrator=True))
    people = [town.person() for _ in range(12)]
    came: list[Visitor] = []
    uploads(boss, crowd(10_000))
    becomes(boss, "Checked ")
    logging_in = threading.Thread(target=lambda: came.extend(comes_in(town, person) for person in people))
    logging_in.start()
    becomes(boss, "Nothing is imported yet").submits("Import all 10,000 rows")
    becomes(boss, "Imported: 10,000 users created")
    logging_in.join(60)
    assert [is_home(visitor, name) for visitor, (name, _) in zip(came, people, strict=True)] == [True] * len(people)


def test_stopped_with_its_portal_the_work_is_taken_up_by_the_next(town: Town) -> None:
    boss = comes_in(town, town.person(administrator=True))
    uploads(boss, crowd(ENOUGH))
    until(lambda: town.value("SELECT read FROM user_import") >= 1_000, what="some rows")
    town.portal.stop(signal.SIGTERM)
    until(lambda: town.value("SELECT count(*) FROM user_import WHERE holder IS NULL"),
          what=f"the import to be let go by\n{town.portal.said()}")
    assert town.value("SELECT count(*) FROM user_import WHERE state = 'checking'") == 1
    town.portal.start()
    becomes(boss, "Nothing is imported yet")
    assert boss.sees(f"To be created {ENOUGH:,}")


def test_stopped_while_it_writes_all_rows_or_none_the_import_is_ended_once(town: Town) -> None:
    boss = comes_in(town, town.person(administrator=True))
    uploads(boss, crowd(5_000))
    becomes(boss, "Nothing is imported yet").submits("Import all 5,000 rows")
    until(lambda: town.value("SELECT count(*) FROM user_import WHERE state = 'applying' AND holder IS NOT NULL"), what="a writer")
    town.portal.stop(signal.SIGTERM)
    assert town.value("SELECT count(*) FROM \"user\" WHERE username LIKE 'user%.x'") in (0, 5_000)
    town.portal.start()
    becomes(boss, "Imported: 5,000 users created")
    assert town.value("SELECT count(*) FROM audit_entry WHERE event = 'users imported' AND outcome = 'ok'") == 1
