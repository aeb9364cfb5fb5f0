"""Where do counters lie on PostgreSQL? In a table of the main database."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

from portal.clock import now
from portal.counters import statements
from portal.counters.ask import Ask, CountersGone, Hit
from portal.extensions import db

TAKE = text(statements.TAKE)
LOOK = text(statements.LOOK)
GIVE_BACK = text(statements.GIVE_BACK)
CLEAR = text(statements.CLEAR)
SLOT = text(statements.SLOT)
TIDY = text(statements.TIDY)


class Table:
    """Counters in the table `counter` of the running application's database.

    Each statement is a transaction of its own, so a count stays when its request fails, and two requests that
    ask for the same counters in another order cannot lock each other out.
    """

    def take(self, asks: Sequence[Ask]) -> list[Hit]:
        """One statement for each ask."""
        with _autocommit() as connection:
            return [_answer(connection, ask) for ask in asks]

    def give_back(self, keys: Sequence[str]) -> None:
        """Take one off each counter above 0."""
        with _autocommit() as connection:
            for key in keys:
                connection.execute(GIVE_BACK, {"key": key})

    def clear(self, keys: Sequence[str]) -> None:
        """Forget these counters."""
        with _autocommit() as connection:
            for key in keys:
                connection.execute(CLEAR, {"key": key})

    def slot(self, key: str, seconds: float) -> float:
        """Give out the next moment of `key`."""
        with _autocommit() as connection:
            ends_at = connection.execute(SLOT, {"key": key, "now": now(), "seconds": seconds}).scalar_one()
        return float(ends_at) - seconds

    def tidy(self) -> int:
        """Delete expired counters; returns how many."""
        with _autocommit() as connection:
            return connection.execute(TIDY, {"now": now()}).rowcount


@contextmanager
def _autocommit() -> Iterator[Connection]:
    try:
        with db.engine.connect() as connection:
            yield connection.execution_options(isolation_level="AUTOCOMMIT")
    except SQLAlchemyError as error:
        raise CountersGone from error


def _answer(connection: Connection, ask: Ask) -> Hit:
    values = statements.numbers(ask)
    row = connection.execute(TAKE if ask.amount else LOOK, values).one_or_none()
    return Hit(*row) if row else Hit(0, values["now"])
