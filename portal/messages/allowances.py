"""May one more text be sent, as far as the budgets go? Counted in the transaction that asks for the text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, case, delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

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
    now = clock.now()
    rows = [{"key": budget.key, "started_at": now, "seconds": budget.seconds, "used": 1} for budget in budgets]
    ceilings = {budget.key: budget.ceiling for budget in budgets}
    restarts = [budget.key for budget in budgets if budget.restart]
    insert = (sqlite if connection.dialect.name == "sqlite" else postgresql).insert(Allowance).values(rows)
    over = or_(Allowance.started_at + insert.excluded.seconds <= now, Allowance.key.in_(restarts))
    left = Allowance.used < case(ceilings, value=Allowance.key)
    upsert = insert.on_conflict_do_update(
        index_elements=[Allowance.key],
        set_={"used": case((over, 1), else_=Allowance.used + 1), "started_at": case((over, now), else_=Allowance.started_at),
              "seconds": insert.excluded.seconds},
        where=or_(over, left),
    )
    return [row.key for row in connection.execute(upsert.returning(Allowance.key))]


def _longest(connection: Connection, budgets: Sequence[Budget]) -> Spent:
    """Of the budgets that refused, the one that refuses longest."""
    rows = connection.execute(select(Allowance.key, Allowance.started_at).where(Allowance.key.in_([b.key for b in budgets])))
    begun = {row.key: row.started_at for row in rows}
    waits = [Spent(b.key, max(1.0, begun.get(b.key, clock.now()) + b.seconds - clock.now())) for b in budgets]
    return max(waits, key=lambda spent: spent.seconds)


def give_back(connection: Connection, keys: Sequence[str]) -> None:
    """Give one text back to each of these budgets."""
    if keys:
        spent = update(Allowance).where(Allowance.key.in_(keys), Allowance.used > 0).values(used=Allowance.used - 1)
        connection.execute(spent)


def seconds_until(connection: Connection, budget: Budget) -> float:
    """Seconds until this budget has something left; 0 when it has."""
    row = connection.execute(select(Allowance.started_at, Allowance.used).where(Allowance.key == budget.key)).first()
    if row is None or row.used < budget.ceiling:
        return 0.0
    return max(0.0, row.started_at + budget.seconds - clock.now())


def tidy(connection: Connection) -> int:
    """Remove budgets whose window has passed; returns how many."""
    return connection.execute(delete(Allowance).where(Allowance.started_at + Allowance.seconds <= clock.now())).rowcount
