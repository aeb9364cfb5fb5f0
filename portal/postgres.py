"""How is an answer of PostgreSQL read with little work? Its columns are described only to whoever looks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

import psycopg


class _Columns(Sequence[psycopg.Column]):
    """The description of a result (PEP 249), made when somebody asks for a part of it."""

    def __init__(self, describe: Callable[[], Sequence[psycopg.Column] | None]) -> None:
        self._describe = describe

    @cached_property
    def _described(self) -> Sequence[psycopg.Column]:
        return self._describe() or []

    def __getitem__(self, index: Any) -> Any:
        return self._described[index]

    def __len__(self) -> int:
        return len(self._described)


class Cursor(psycopg.Cursor[Any]):
    """psycopg's own. SQLAlchemy learns a statement's columns at its first run, and then asks only whether there are any."""

    @property
    def description(self) -> Any:
        """As PEP 249 has it: None without columns."""
        if self.pgresult is None or not self.pgresult.nfields:
            return super().description
        return _Columns(lambda: psycopg.Cursor.description.fget(self))  # type: ignore[attr-defined]
