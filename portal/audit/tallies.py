"""How often did what happen lately? Counted from the audit log once, when entries are sealed, so that no page counts them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, func, select, text

from portal import clock
from portal.audit.events import What
from portal.database import reading
from portal.models import AuditSeal, MessageState, Tally

HOUR, DAY = 3_600, 86_400
_ADD = text("""
insert into tally (hour, what, count) values (:hour, :what, :count)
on conflict (hour, what) do update set count = tally.count + excluded.count
""")


def message(state: MessageState) -> str:
    """The name under which messages are counted that came to that state."""
    return f"{What.MESSAGE.value} {state.value}"


SIGN_INS, REFUSED = What.SIGN_IN_COMPLETE.value, What.FIRST_FACTOR_REFUSED.value
CODES_SENT, CODES_ACCEPTED, CODES_REFUSED = What.CODE_SENT.value, What.CODE_ACCEPTED.value, What.CODE_REFUSED.value
SENT, DELIVERED = message(MessageState.SENT), message(MessageState.DELIVERED)
FAILED, UNKNOWN = message(MessageState.FAILED), message(MessageState.UNKNOWN)
TOLD = (SIGN_INS, REFUSED, CODES_SENT, CODES_ACCEPTED, CODES_REFUSED, SENT, DELIVERED, FAILED, UNKNOWN)
"""What is told of an hour or a day, each a number."""
Counts = dict[str, int]


def count(connection: Connection, entries: Iterable[Any]) -> None:
    """Count entries that are being sealed, in the transaction that seals them: so each is counted once."""
    found = Counter((int(entry.at // HOUR), _name(entry)) for entry in entries)
    if found:
        connection.execute(_ADD, [{"hour": hour, "what": what, "count": found[hour, what]} for hour, what in sorted(found)])


def last_hours(hours: int = 24) -> list[tuple[float, Counts]]:
    """The beginning of each of the last hours, the present one last, and how often what in TOLD happened in it."""
    return _told(hours, hours_each=1)


def last_days(days: int = 30) -> list[tuple[float, Counts]]:
    """The same of each of the last days in UTC, today last."""
    return _told(days, hours_each=DAY // HOUR)


def counted_at() -> float | None:
    """When entries were last counted; None before the first time."""
    with reading() as connection:
        return connection.execute(select(AuditSeal.sealed_at).order_by(AuditSeal.id.desc()).limit(1)).scalar()


def _told(spans: int, *, hours_each: int) -> list[tuple[float, Counts]]:
    now = int(clock.now() // HOUR) // hours_each
    span = Tally.hour.op("/")(hours_each)
    counted = (
        select(span.label("span"), Tally.what, func.sum(Tally.count).label("number"))
        .where(Tally.hour >= (now - spans + 1) * hours_each, Tally.hour < (now + 1) * hours_each, Tally.what.in_(TOLD))
        .group_by(span, Tally.what)
    )
    told = {at: dict.fromkeys(TOLD, 0) for at in range(now - spans + 1, now + 1)}
    with reading() as connection:
        for row in connection.execute(counted):
            told[row.span][row.what] = int(row.number)
    return [(float(at * hours_each * HOUR), counts) for at, counts in told.items()]


def _name(entry: Any) -> str:
    return f"{entry.event} {entry.outcome}" if entry.event == What.MESSAGE else str(entry.event)
