"""Are budgets counted exactly, without two requests waiting for each other, however many take and give back at once?"""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask

from portal.database import writing
from portal.messages import allowances
from portal.messages.allowances import DAY, Budget
from tests.people import rows
from tests.town import at_once

ROUNDS = 40
KEYS = ("one", "two", "three", "four", "five", "six", "seven")
ROOM = [Budget(key, 1_000_000, DAY) for key in KEYS]


def begin(app: Flask, used: int) -> None:
    """The rows lie in the table in no order of their keys, as they do where each was first asked for by somebody else."""
    with app.app_context(), writing() as connection:
        for key in KEYS:
            assert allowances.take(connection, [Budget(key, 1_000_000, DAY, amount=used)]) is None


def in_turns(app: Flask, work: Callable[[int], object]) -> None:
    """Many times, each a transaction of its own."""
    for at in range(ROUNDS):
        with app.app_context():
            work(at)


def take(_at: int) -> None:
    with writing() as connection:
        assert allowances.take(connection, ROOM) is None


def give_back(at: int) -> None:
    with writing() as connection:
        allowances.give_back(connection, dict.fromkeys(KEYS[at % 2:], 1) | {KEYS[0]: 1})


def tidy(_at: int) -> None:
    with writing() as connection:
        allowances.tidy(connection)


def test_who_takes_and_who_gives_back_at_once_never_wait_for_each_other(app: Flask, both_databases: str) -> None:
    begin(app, used=10 * ROUNDS)
    at_once(lambda work: in_turns(app, work), [take] * 4 + [give_back] * 4)
    assert {row.key: row.used for row in rows(app, "SELECT key, used FROM allowance")} == dict.fromkeys(KEYS, 10 * ROUNDS)


def test_each_budget_gets_back_its_own_amount_and_none_more_than_it_gave(app: Flask, both_databases: str) -> None:
    begin(app, used=5)
    with app.app_context(), writing() as connection:
        allowances.give_back(connection, {"one": 2, "two": 5, "three": 9, "four": 0, "nobody's": 3})
    used = {row.key: row.used for row in rows(app, "SELECT key, used FROM allowance")}
    assert used == {"one": 3, "two": 0, "three": 0, "four": 5, "five": 5, "six": 5, "seven": 5}


def test_what_has_passed_is_removed_while_others_begin_it_anew(app: Flask, both_databases: str) -> None:
    def take_passed(at: int) -> None:
        with writing() as connection:
            assert allowances.take(connection, [Budget(key, 1_000_000, at % 2) for key in KEYS]) is None

    begin(app, used=1)
    at_once(lambda work: in_turns(app, work), [take_passed] * 3 + [tidy] * 3)
    with app.app_context(), writing() as connection:
        assert allowances.take(connection, ROOM) is None
        assert allowances.tidy(connection) == 0


def test_budgets_that_are_counted_anew_are_gone_and_others_are_not(app: Flask, both_databases: str) -> None:
    begin(app, used=5)
    with app.app_context(), writing() as connection:
        allowances.forget(connection, ["one", "two", "nobody's"])
    assert {row.key for row in rows(app, "SELECT key FROM allowance")} == set(KEYS) - {"one", "two"}
