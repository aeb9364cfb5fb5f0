"""How are the rows with one value in a column asked for in the order of their ids, so that an index over both is walked?

Told that the column equals the value, PostgreSQL knows that the primary key has those rows in order too, and may walk all others
on the way. Of a column that is among some values, even of one alone, it does not know that; sorted by column and id, only the
index over both is left, which it bounds to both sides as for an equality. SQLite walks that index for an equality alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, any_, literal, select
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


@dataclass(frozen=True)
class Lead:
    """The rows with this value in this column; None: those without one. An index has the column, then the id.

    `words`: of an index of some rows only, its condition word for word, or SQLite does not use it.
    """

    column: Any
    value: Any = None
    words: Any = None

    @property
    def holds(self) -> ColumnElement[bool]:
        """Whether a row is one of them, where no order is asked for."""
        held: ColumnElement[bool] = self.column == self.value
        return held

    @property
    def walked(self) -> list[ColumnElement[bool]]:
        """The same where their order is asked for too."""
        words = [] if self.words is None else [self.words]
        # To have no value is no equality for PostgreSQL.
        held = self.holds if self.value is None else _Holds(self.column, literal(self.value, self.column.type))
        return [*words, held]

    def order(self, id_: Any, *, down: bool) -> list[ColumnElement[Any]]:
        """Theirs: that of the ids, said as the index has it."""
        return [column.desc() if down else column.asc() for column in (self.column, id_)]


def some(limit: int) -> ColumnElement[int]:
    """So many rows. Told how many, PostgreSQL would gather and sort all rows where it takes them for few more."""
    return select(literal(limit)).scalar_subquery()


class _Holds(FunctionElement[Any]):
    """A column and its value. Said to be a boolean, it would be compared with 1 for SQLite, which then has no index for it."""

    inherit_cache = True


@compiles(_Holds)
def _by_equality(holds: _Holds, compiler: Any, **how: Any) -> str:
    column, value = holds.clauses
    return str(compiler.process(column == value, **how))


@compiles(_Holds, "postgresql")
def _among_one(holds: _Holds, compiler: Any, **how: Any) -> str:
    column, value = holds.clauses
    return str(compiler.process(column == any_(array([value])), **how))
