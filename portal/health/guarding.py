"""How does the guard stand: what is closed and why, what is used of the budgets, and what was refused lately?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from sqlalchemy import Connection, select

from portal import clock
from portal.accounts.phones import all_regions
from portal.audit import What, log
from portal.audit.filters import Filter
from portal.database import reading
from portal.messages.guard.doors import DAY, Closed, Door, door
from portal.models import Allowance, ClosedPrefix

NEWEST = 2_000
"""So many refusals are looked at."""
_AT_ONCE = 100


@dataclass(frozen=True, kw_only=True)
class Closing:
    """A calling code that is not open: how it stands, since when, until when, the so manieth time in a row, and by whom."""

    prefix: str
    door: Door
    since: float
    until: float
    closings: int
    actor: str | None
    reason: str | None


@dataclass(frozen=True)
class Refused:
    """How often texts to a calling code were refused, by which outcome and limit, as the audit log has them."""

    outcome: str
    limit: str
    prefix: str
    count: int


def closings() -> list[Closing]:
    """The calling codes that are closed or tried, those that were closed last first."""
    now = clock.now()
    with reading() as connection:
        rows = connection.execute(select(*ClosedPrefix.__table__.columns).order_by(ClosedPrefix.closed_at.desc())).all()
    doors = [(row, door(Closed(row.closed_until, row.closings, row.actor is not None), now)) for row in rows]
    return [Closing(prefix=row.prefix, door=how, since=row.closed_at, until=row.closed_until, closings=row.closings,
                    actor=row.actor, reason=row.reason) for row, how in doors if how is not Door.OPEN]


def used(keys: Iterable[str]) -> dict[str, int]:
    """What is used of those of these budgets whose window is open."""
    wanted = list(keys)
    with reading() as connection:
        parts = [_used(connection, wanted[at:at + _AT_ONCE]) for at in range(0, len(wanted), _AT_ONCE)]
    return {key: count for part in parts for key, count in part.items()}


def _used(connection: Connection, keys: list[str]) -> dict[str, int]:
    running = Allowance.started_at + Allowance.seconds > clock.now()
    rows = connection.execute(select(Allowance.key, Allowance.used).where(Allowance.key.in_(keys), running))
    return {row.key: row.used for row in rows}


def busiest(most: int) -> list[tuple[str, int]]:
    """The calling codes to which most texts went lately whose codes did not come back, with how many of this hour's budget."""
    found = used(f"prefix:+{code}" for code in sorted(set(all_regions().values())))
    top = sorted(((count, key.partition(":")[2]) for key, count in found.items() if count), reverse=True)[:most]
    return [(prefix, count) for count, prefix in top]


def refused() -> tuple[list[Refused], bool]:
    """The refusals of the last 24 hours, most frequent first; whether there were more than were looked at."""
    wanted = Filter(event=What.CODE_NOT_SENT.value, since=clock.now() - DAY)
    rows = list(islice(log.each(wanted), NEWEST + 1))
    counted = Counter(_kind(row) for row in rows[:NEWEST])
    return [Refused(*kind, count) for kind, count in counted.most_common()], len(rows) > NEWEST


def _kind(row: object) -> tuple[str, str, str]:
    """A number stands masked in an entry, behind its calling code."""
    detail = getattr(row, "detail", None)
    detail = detail if isinstance(detail, dict) else {}
    return str(getattr(row, "outcome", "")), str(detail.get("limit", "")), str(detail.get("to") or "").partition(" ")[0]
