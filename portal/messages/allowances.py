"""May one more text be sent, as far as the budgets go? Counted in the transaction that asks for the text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, TextClause, delete, select, text

from portal import clock
from portal.models import Allowance

HOUR, DAY = 3_600, 86_400


@dataclass(frozen=True)
class Budget:
    """At most `ceiling` texts in `seconds`, counted under `key`, each as `amount`; a window keeps the length that it began with.

    With `restart` it begins anew and never refuses. An amount of 0 only looks whether something is left.
    """

    key: str
    ceiling: int
    seconds: int
    restart: bool = False
    amount: int = 1


@dataclass(frozen=True)
class Spent:
    """A budget that is used up: which one, and in how many seconds it has something left. `keys`: all that refused."""

    key: str
    seconds: float
    keys: tuple[str, ...] = ()


def take(connection: Connection, budgets: Sequence[Budget]) -> Spent | None:
    """Take one text out of every budget, all or none; None when all had one left.

    One statement, whose row locks make it exact under parallel requests; rows are locked in one order, so no two
    requests wait for each other.
    """
    closed = next((budget for budget in budgets if budget.ceiling < 1), None)
    if closed:
        return Spent(closed.key, closed.seconds, (closed.key,))
    taken = _take(connection, sorted(budgets, key=lambda budget: budget.key))
    if len(taken) == len(budgets):
        return None
    give_back(connection, {budget.key: budget.amount for budget in budgets if budget.key in taken})
    return _longest(connection, [budget for budget in budgets if budget.key not in taken])


def _take(connection: Connection, budgets: Sequence[Budget]) -> list[str]:
    values: dict[str, object] = {"now": clock.now()}
    for at, budget in enumerate(budgets):
        ceiling = 0 if budget.restart else budget.ceiling
        values |= {f"key{at}": budget.key, f"seconds{at}": budget.seconds, f"ceiling{at}": ceiling, f"amount{at}": budget.amount}
    return [row.key for row in connection.execute(_statement(len(budgets)), values)]


@lru_cache(maxsize=16)
def _statement(count: int) -> TextClause:
    """One upsert of `count` budgets, in words that SQLite and PostgreSQL share. Text: SQLAlchemy compiles such lists anew.

    A row comes back only if it had one left: its window has passed, it begins anew (ceiling 0), or it is below its ceiling.
    """
    rows = ", ".join(f"(:key{at}, :now, :seconds{at}, :ceiling{at}, :amount{at})" for at in range(count))
    anew = "excluded.ceiling = 0 OR allowance.started_at + allowance.seconds <= excluded.started_at"
    return text(
        f"INSERT INTO allowance (key, started_at, seconds, ceiling, used) VALUES {rows} "  # noqa: S608 - placeholders only
        f"ON CONFLICT (key) DO UPDATE SET used = CASE WHEN {anew} THEN excluded.used ELSE allowance.used + excluded.used END, "
        f"started_at = CASE WHEN {anew} THEN excluded.started_at ELSE allowance.started_at END, "
        f"seconds = CASE WHEN {anew} THEN excluded.seconds ELSE allowance.seconds END, ceiling = excluded.ceiling "
        f"WHERE {anew} OR allowance.used < excluded.ceiling RETURNING key"
    )


def _longest(connection: Connection, refused: Sequence[Budget]) -> Spent:
    """Of the budgets that refused, the one that refuses longest; a window may have passed in between."""
    longest = max(waits(connection, refused), key=lambda spent: spent.seconds, default=Spent(refused[0].key, 1.0))
    return replace(longest, keys=tuple(budget.key for budget in refused))


def waits(connection: Connection, budgets: Sequence[Budget]) -> list[Spent]:
    """Of these budgets those that have nothing left, each with the seconds until it has, at least 1."""
    columns = select(Allowance.key, Allowance.started_at, Allowance.seconds, Allowance.used)
    rows = {row.key: row for row in connection.execute(columns.where(Allowance.key.in_([b.key for b in budgets])))}
    return [Spent(b.key, max(1.0, seconds)) for b in budgets if (seconds := _until_left(b, rows.get(b.key))) > 0]


def _until_left(budget: Budget, row: Any) -> float:
    if budget.ceiling < 1:
        return float(budget.seconds)
    if row is None or row.used < budget.ceiling:
        return 0.0
    return float(row.started_at + row.seconds - clock.now())


def give_back(connection: Connection, amounts: Mapping[str, int]) -> None:
    """Give so much back to the budget of each of these keys. Call it once in a transaction: rows are locked in one order."""
    back = sorted((key, amount) for key, amount in amounts.items() if amount)
    if not back:
        return
    values: dict[str, object] = {}
    for at, (key, amount) in enumerate(back):
        values |= {f"key{at}": key, f"amount{at}": amount}
    connection.execute(_refund(len(back), connection.dialect.name), values)


@lru_cache(maxsize=16)
def _refund(count: int, dialect: str) -> TextClause:
    """An UPDATE alone locks rows as it comes upon them, and two requests would wait for each other. SQLite has one writer."""
    amounts = " ".join(f"WHEN :key{at} THEN :amount{at}" for at in range(count))
    amount = f"CASE key {amounts} END"
    keys = f"key IN ({', '.join(f':key{at}' for at in range(count))})"
    locked = f"key IN (SELECT key FROM allowance WHERE {keys} ORDER BY key FOR UPDATE)"  # noqa: S608 - placeholders only
    which = locked if dialect == "postgresql" else keys
    left = f"CASE WHEN used > {amount} THEN used - {amount} ELSE 0 END"
    return text(f"UPDATE allowance SET used = {left} WHERE {which} AND used > 0")  # noqa: S608 - placeholders only


def forget(connection: Connection, keys: Sequence[str]) -> None:
    """Count these budgets anew."""
    these = select(Allowance.key).where(Allowance.key.in_(keys)).order_by(Allowance.key)
    connection.execute(delete(Allowance).where(Allowance.key.in_(these.with_for_update())))


def tidy(connection: Connection) -> int:
    """Remove budgets whose window has passed; returns how many. One that somebody begins anew at this moment stays."""
    passed = select(Allowance.key).where(Allowance.started_at + Allowance.seconds <= clock.now())
    return connection.execute(delete(Allowance).where(Allowance.key.in_(passed.with_for_update(skip_locked=True)))).rowcount
