"""What becomes of a change that is not fit, or comes too late? And who made the last one?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Connection, select, true

from portal.audit.events import What
from portal.models import AuditEntry

_Flaw = TypeVar("_Flaw")
_Thing = TypeVar("_Thing")
_NEWEST = 20


@dataclass(frozen=True)
class Change:
    """The last change of something: who made it, and when."""

    actor: str
    at: float


@dataclass(frozen=True)
class Unfit(Generic[_Flaw]):
    """Nothing was written, for all these reasons."""

    flaws: tuple[_Flaw, ...]


@dataclass(frozen=True)
class Overtaken(Generic[_Thing]):
    """Nothing was written, for somebody changed the thing meanwhile. `now`: how it stands; `last`: by whom, if it is known."""

    now: _Thing
    last: Change | None = None


def last_change(connection: Connection, what: What, *, where: ColumnElement[bool] | None = None, **of: Any) -> Change | None:
    """Who changed the thing with these facts last, if the newest entries of that kind tell: there are few."""
    newest = (select(AuditEntry.actor, AuditEntry.at, AuditEntry.detail)
              .where(AuditEntry.event == what, true() if where is None else where).order_by(AuditEntry.id.desc()).limit(_NEWEST))
    row = next((row for row in connection.execute(newest) if of.items() <= (row.detail or {}).items()), None)
    return Change(row.actor, row.at) if row and row.actor else None
