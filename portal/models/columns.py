"""How are ids, instants and choices stored, the same on SQLite and PostgreSQL?"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, cast

from sqlalchemy import BigInteger, Double, Enum, Integer, String, Table
from sqlalchemy.orm import DeclarativeBase, mapped_column

from portal.extensions import metadata as portal_metadata

big = BigInteger().with_variant(Integer, "sqlite")
Id = Annotated[int, mapped_column(big, primary_key=True)]
Instant = Annotated[float, mapped_column(Double)]
"""Seconds since 1970-01-01 UTC: compared as they are on both databases, no time zone to get wrong."""


class Base(DeclarativeBase):
    """What every table derives from."""

    metadata = portal_metadata


def table(model: type[Base]) -> Table:
    """The table of a model, for writes on the hot path: without the mapper's detour they cost half."""
    return cast(Table, model.__table__)


def key(length: int) -> String:
    """A text compared byte by byte on both databases, so that the beginning of one is a range of its plain index.

    PostgreSQL would compare in the order of the server's language, in which no range is a beginning.
    """
    return String(length).with_variant(String(length, collation="C"), "postgresql")


def choice(kind: type[StrEnum]) -> Enum:
    """A column that holds the values of `kind` and refuses all others by a CHECK."""
    return Enum(kind, native_enum=False, create_constraint=True, length=32, name=kind.__name__.lower(), values_callable=_values)


def _values(kind: Any) -> list[str]:
    return [member.value for member in kind]
