"""Which seals are there, and which entries stand where a seal says? Read in small portions, however many there are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Row, func, select

from portal.audit import chain
from portal.audit.canonical import COLUMNS
from portal.audit.chain import Seal
from portal.database import reading
from portal.models import AuditEntry, AuditSeal
from portal.models.columns import table

_SEAL = table(AuditSeal)
_PORTION = 1_000
_NEAR = 200
"""Usually the first seal that has come so far covers an entry; a late one is covered by one of the next."""


def seals(*, after: int = 0) -> Iterator[Seal]:
    """All seals behind that id, in their order."""
    while True:
        with reading() as connection:
            some = connection.execute(
                select(*_SEAL.columns).where(AuditSeal.id > after).order_by(AuditSeal.id).limit(_PORTION)).all()
        yield from (Seal(**row._mapping) for row in some)
        if len(some) < _PORTION:
            return
        after = some[-1].id


def seal(id_: int) -> Seal | None:
    """That seal as it stands now."""
    with reading() as connection:
        row = connection.execute(select(*_SEAL.columns).where(AuditSeal.id == id_)).one_or_none()
    return Seal(**row._mapping) if row else None


def last() -> Seal | None:
    """The newest seal."""
    with reading() as connection:
        row = connection.execute(select(*_SEAL.columns).order_by(AuditSeal.id.desc()).limit(1)).one_or_none()
    return Seal(**row._mapping) if row else None


def over(entry_id: int) -> Seal | None:
    """The seal over that entry, or None as long as there is none."""
    candidates = select(*_SEAL.columns).where(AuditSeal.up_to >= entry_id).order_by(AuditSeal.up_to, AuditSeal.id).limit(_NEAR)
    with reading() as connection:
        rows = connection.execute(candidates).all()
    return next((Seal(**row._mapping) for row in rows if _covers(row.ranges, entry_id)), None)


def _covers(ranges: Any, entry_id: int) -> bool:
    return chain.well_formed(ranges) and any(first <= entry_id <= last for first, last in ranges)


def entries(first: int, last: int) -> Iterator[Row[Any]]:
    """All entries with ids from `first` to `last`."""
    while True:
        with reading() as connection:
            some = connection.execute(
                select(*COLUMNS).where(AuditEntry.id >= first, AuditEntry.id <= last).order_by(AuditEntry.id).limit(_PORTION)
            ).all()
        yield from some
        if len(some) < _PORTION:
            return
        first = some[-1].id + 1


def of(ranges: Iterable[list[int]]) -> list[Row[Any]]:
    """The entries with the ids that a seal covers, those that are still there."""
    return [entry for first, last in ranges for entry in entries(first, last)]


def unsealed(up_to: int) -> tuple[int, int | None, int | None]:
    """How many entries stand behind the last seal, and their first and last id."""
    with reading() as connection:
        row = connection.execute(
            select(func.count(), func.min(AuditEntry.id), func.max(AuditEntry.id)).where(AuditEntry.id > up_to)).one()
    return (row[0], row[1], row[2])
