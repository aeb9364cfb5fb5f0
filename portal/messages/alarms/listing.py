"""Which alarms ring, and which are over? For the page that shows them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select

from portal import keyset
from portal.database import reading
from portal.keyset import Count, Order, Page
from portal.messages.alarms import harm
from portal.messages.alarms.due import MOST_TRIES
from portal.messages.alarms.harm import Harm
from portal.models import Alarm
from portal.models.columns import table

MOST, FEW = 200, 3
"""More that ring, or are over, are not shown."""
ON_A_PAGE = 10
"""Past ones: for each that was of a gateway up to `harm.NEWEST` messages are read."""
_alarm = table(Alarm).c
_all: Select[Any] = select(*(_alarm[name] for name in (
    "id", "kind", "subject", "detail", "raised_at", "seen_at", "ended_at", "told_at", "told_end_at", "tries")))


@dataclass(frozen=True)
class Listed:
    """Those that ring, newest first; one page of those that are over, and how many there are of these."""

    ringing: Sequence[Any]
    past: Page
    count: Count


_rings = _all.where(_alarm.ended_at.is_(None)).order_by(_alarm.id.desc()).limit(MOST)
_over = _all.where(_alarm.ended_at.is_not(None))


def listed(cursor: str | None) -> Listed:
    """It, with the page of past ones that the cursor names."""
    with reading() as connection:
        past = keyset.page(connection, _over, Order(id=_alarm.id, descending=True), cursor=cursor, limit=ON_A_PAGE)
        return Listed(connection.execute(_rings).all(), past, keyset.count(connection, _over))


def lately(since: float) -> tuple[Sequence[Any], Sequence[Any]]:
    """Those that ring, newest first, and the last few that have been over since then."""
    ended = _over.where(_alarm.ended_at > since).order_by(_alarm.id.desc()).limit(FEW)
    with reading() as connection:
        return connection.execute(_rings).all(), connection.execute(ended).all()


def harms(rows: Iterable[Any]) -> dict[int, Harm]:
    """Whom these alarms hit, by their ids: of those of which it can be told."""
    with reading() as connection:
        return {row.id: harm.of(connection, row.raised_at, row.ended_at) for row in rows
                if harm.is_known(row.kind, row.ended_at)}


def given_up(row: Any) -> bool:
    """Whether nobody could be told, as often as it was tried."""
    return bool(row.tries >= MOST_TRIES)
