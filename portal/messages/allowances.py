"""May one more text be sent, as far as the budgets go? Counted in the transaction that asks for the text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import Connection, TextClause, delete, select, text

from portal import clock
from portal.models import Allowance

HOUR, DAY = 3_600, 86_400


@dataclass(frozen=True)
class Budget:
    """At most `ceiling` texts in `seconds`, counted under `key`. With `restart`, it begins anew and never refuses."""

    key: str
    ceiling: int
    seconds: int
    restart: bool = False


@dataclass(frozen=True)
class Spent:
    """A budget that is used up: which one, and in how many seconds it has something left."""

    key: str
    seconds: float


def take(connection: Connection, budgets: Sequence[Budget]) -> Spent | None:
    """Take one text out of every budget, all or none; None when all had one left.

    One statement, whose row locks make it exact under parallel requests; rows are locked in one order, so no two
    requests wait for each other.
    """
    closed = next((budget for budget in budgets if budget.ceiling < 1), None)
    if closed:
        return Spent(closed.key, closed.seconds)
    taken = _take(connection, sorted(budgets, key=lambda budget: budget.key))
    if len(taken) == len(budgets):
        return None
    give_back(connection, taken)
    return _longest(connection, [budget for budget in budgets if budget.key not in taken])


def _take(connection: Connection, budgets: Sequence[Budget]) -> list[str]:
    values: dict[str, object] = {"now": clock.now()}
    for at, budget in enumerate(budgets):
        ceiling = 0 if budget.restart else budget.ceiling
        values |= {f"key{at}": budget.key, f"seconds{at}": budget.seconds, f"ceiling{at}": ceiling}
    return [row.key for row in connection.execute(_statement(len(budgets)), values)]


@lru_cache(maxsize=16)
def _statement(count: int) -> TextClause:
    """One upsert of `count` budgets, in words that SQLite and PostgreSQL share. Text: SQLAlchemy compiles such lists anew.

    A row comes back only if it had one left: its window has passed, it begins anew (ceiling 0), or it is below its ceiling.
    """
    rows = ", ".join(f"(:key{at}, :now, :seconds{at}, :ceiling{at}, 1)" for at in range(count))
    anew = "excluded.ceiling = 0 OR allowance.started_at + excluded.seconds <= excluded.started_at"
    return text(
        f"INSERT INTO allowance (key, started_at, seconds, ceiling, used) VALUES {rows} "  # noqa: S608 - placeholders only
        f"ON CONFLICT (key) DO UPDATE SET used = CASE WHEN {anew} THEN 1 ELSE allowance.used + 1 END, "
        f"started_at = CASE WHEN {anew} THEN excluded.started_at ELSE allowance.started_at END, "
        f"seconds = excluded.seconds, ceiling = excluded.ceiling "
        f"WHERE {anew} OR allowance.used < excluded.ceiling RETURNING key"
    )


def _longest(connection: Connection, budgets: Sequence[Budget]) -> Spent:
    """Of the budgets that refused, the one that refuses longest."""
    rows = connection.execute(select(Allowance.key, Allowance.started_at).where(Allowance.key.in_([b.key for b in budgets])))
    begun = {row.key: row.started_at for row in rows}
    waits = [Spent(b.key, max(1.0, begun.get(b.key, clock.now()) + b.seconds - clock.now())) for b in budgets]
    return max(waits, key=lambda spent: spent.seconds)


def give_back(connection: Connection, keys: Sequence[str]) -> None:
    """Give one text back to each of these budgets."""
    if keys:
        connection.execute(_refund(len(keys)), {f"key{at}": key for at, key in enumerate(keys)})


@lru_cache(maxsize=16)
def _refund(count: int) -> TextClause:
    keys = ", ".join(f":key{at}" for at in range(count))
    return text(f"UPDATE allowance SET used = used - 1 WHERE key IN ({keys}) AND used > 0")  # noqa: S608 - placeholders only


def seconds_until(connection: Connection, budget: Budget) -> float:
    """Seconds until this budget has something left; 0 when it has."""
    if budget.ceiling < 1:
        return float(budget.seconds)
    row = connection.execute(select(Allowance.started_at, Allowance.used).where(Allowance.key == budget.key)).first()
    if row is None or row.used < budget.ceiling:
        return 0.0
    return max(0.0, float(row.started_at) + budget.seconds - clock.now())


def tidy(connection: Connection) -> int:
    """Remove budgets whose window has passed; returns how many."""
    return connection.execute(delete(Allowance).where(Allowance.started_at + Allowance.seconds <= clock.now())).rowcount
