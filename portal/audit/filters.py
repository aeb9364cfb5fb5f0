"""Which entries of the audit log are wanted, and in which words does one ask a database for them? Each word has its index."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, FromClause, literal_column, not_, or_, select, union_all

from portal import times, windows
from portal.audit.events import What
from portal.leads import Lead
from portal.models import AuditEntry, Ending, MessageState
from portal.models.columns import table
from portal.times import Conditions, Time
from portal.windows import Span

REFUSALS = frozenset({
    What.FIRST_FACTOR_REFUSED, What.CODE_NOT_SENT, What.CODE_REFUSED, What.CODE_NOT_CHECKED, What.CODE_ENDED, What.PHONE_REFUSED,
    What.REQUESTS_REFUSED, What.PAGE_REFUSED, What.CHANGE_REFUSED, What.SCAN_REFUSED, What.HOOK_REFUSED,
})
"""Events that are refusals, whatever their outcome."""
FAILURES = frozenset({Ending.WRONG_CODES.value, MessageState.FAILED.value, MessageState.EXPIRED.value})
"""Outcomes that are failures, whatever the event."""
_USUAL = "ok"
"""The outcome that no index has: most entries are of it."""
_entry = table(AuditEntry).c


class Result(StrEnum):
    """How an event ended, in a word."""

    WELL = "well"
    BADLY = "badly"


@dataclass(frozen=True, kw_only=True)
class Filter:
    """From the instant `since` on and before `until`, of one event, about or by one person (a user's id), of one application,
    with one outcome or one result. None: whichever."""

    since: float | None = None
    until: float | None = None
    event: str | None = None
    person: int | None = None
    application: int | None = None
    outcome: str | None = None
    result: Result | None = None


def told(wanted: Filter) -> dict[str, Any]:
    """The filter as the audit log may hold it: people by their ids."""
    return {name: value for name, value in vars(wanted).items() if value is not None}


def of_time(connection: Connection, wanted: Filter) -> Time:
    """The time that is wanted."""
    return times.between(connection, _entry.id, _entry.at, since=wanted.since, until=wanted.until)


def ids(wanted: Filter, span: Span, limit: int, up: bool) -> FromClause:
    """The first ids in a span that an index gives: of the log or, of one person, of the two parts of theirs."""
    every_id = select(_entry.id)
    if wanted.person is None:
        return windows.first(every_id, span, limit, up=up, lead=_lead(wanted))
    about, by = Lead(_entry.user_id, wanted.person), Lead(_entry.actor_id, wanted.person)
    of_others = or_(_entry.user_id.is_(None), _entry.user_id != wanted.person)
    parts = (windows.first(every_id, span, limit, up=up, lead=about),
             windows.first(every_id.where(of_others), span, limit, up=up, lead=by))
    both = union_all(*(select(part.c.id) for part in parts)).subquery()
    return windows.first(select(both.c.id), Span(), limit, up=up)


def _lead(wanted: Filter) -> Lead | None:
    """What of the filter its index answers; for a person there are two of their own."""
    if wanted.application is not None:
        return Lead(_entry.application_id, wanted.application)
    if wanted.event is not None:
        return Lead(_entry.event, wanted.event)
    return None if wanted.outcome in (None, _USUAL) else Lead(_entry.outcome, wanted.outcome, literal_column("outcome <> 'ok'"))


def every(wanted: Filter) -> Conditions:
    """The whole filter but for time and person."""
    found = [_entry.application_id == wanted.application] if wanted.application is not None else []
    found += [_entry.event == wanted.event] if wanted.event is not None else []
    badly = or_(_entry.event.in_(sorted(REFUSALS)), _entry.outcome.in_(sorted(FAILURES)))
    found += {None: [], Result.BADLY: [badly], Result.WELL: [not_(badly)]}[wanted.result]
    return found + ([_entry.outcome == wanted.outcome] if wanted.outcome is not None else [])


def needs_window(wanted: Filter) -> bool:
    """Whether no index answers the filter alone, so that its answers may lie far apart."""
    answered = [wanted.person, wanted.application, wanted.event, None if wanted.outcome == _USUAL else wanted.outcome]
    unanswered = wanted.result is not None or wanted.outcome == _USUAL
    return unanswered or sum(each is not None for each in answered) > 1
