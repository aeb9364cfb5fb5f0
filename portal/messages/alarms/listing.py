"""Which alarms ring, and which are over? For the page that shows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select

from portal import keyset
from portal.database import reading
from portal.keyset import Count, Order, Page
from portal.messages.alarms.due import MOST_TRIES
from portal.models import Alarm
from portal.models.columns import table

MOST = 200
"""More that ring are not shown."""
_alarm = table(Alarm).c
_all: Select[Any] = select(*(_alarm[name] for name in (
    "id", "kind", "subject", "detail", "raised_at", "seen_at", "ended_at", "told_at", "told_end_at", "tries")))


@dataclass(frozen=True)
class Listed:
    """Those that ring, newest first; one page of those that are over, and how many there are of these."""

    ringing: Sequence[Any]
    past: Page
    count: Count


def listed(cursor: str | None) -> Listed:
    """It, with the page of past ones that the cursor names."""
    rings = _all.where(_alarm.ended_at.is_(None)).order_by(_alarm.id.desc()).limit(MOST)
    over = _all.where(_alarm.ended_at.is_not(None))
    with reading() as connection:
        past = keyset.page(connection, over, Order(id=_alarm.id, descending=True), cursor=cursor)
        return Listed(connection.execute(rings).all(), past, keyset.count(connection, over))


def given_up(row: Any) -> bool:
    """Whether nobody could be told, as often as it was tried."""
    return bool(row.tries >= MOST_TRIES)
