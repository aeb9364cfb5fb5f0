"""Which messages stand on this page of the message log? Newest first; never what one says, nor what its code is made from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, FromClause, Row, String, and_, or_, select, type_coerce

from portal import times, windows
from portal.database import reading
from portal.leads import Lead
from portal.models import Message, MessageState
from portal.models.columns import table
from portal.models.message import NOT_SENT, OPEN
from portal.windows import Found, Question, Span

_message = table(Message).c
_COLUMNS = tuple(_message[name] for name in (
    "id", "sign_in_id", "user_id", "purpose", "channel", "phone", "locale", "application", "application_id", "state", "reason",
    "gateway", "sender", "reference", "price", "currency", "attempts", "created_at", "not_after", "again_at", "claimed_at",
    "settled_at", "delivered_at", "receipt_at"))
_FEW = 1_000
"""Messages to numbers with one beginning that are looked up one by one; where there are more, the newest are looked through."""
# By time and not by id are open messages indexed: named one by one, or SQLite would walk all messages in the order of ids.
_IS_OPEN = _message.id.in_(select(_message.id).where(OPEN))
_OPEN = (MessageState.WAITING, MessageState.SENDING)
_NOT_SENT = (MessageState.FAILED, MessageState.UNKNOWN, MessageState.EXPIRED)
"""States with an index of their own, as the open ones have; the others are those of nearly all messages."""
_BEHIND_DIGITS = ":"


@dataclass(frozen=True, kw_only=True)
class Filter:
    """From the instant `since` on and before `until`, in one state, to one person (a user's id), to a number in E.164 or to
    those that begin with one of `beginnings`, of one application. None: whichever."""

    since: float | None = None
    until: float | None = None
    state: MessageState | None = None
    person: int | None = None
    number: str | None = None
    beginnings: tuple[str, ...] = ()
    application: int | None = None


@dataclass(frozen=True)
class _Word:
    """A part of a filter, and whether an index answers it, newest first: that of a lead, or one that has few rows at all."""

    conditions: list[Any]
    indexed: bool = True
    lead: Lead | None = None
    few: tuple[Any, ...] = ()

    def ids(self, span: Span, limit: int, up: bool) -> FromClause:
        """The first ids in a span that the index gives."""
        plainly = self.conditions if self.lead is None else []
        return windows.first(select(_message.id).where(*plainly, *self.few), span, limit, up=up, lead=self.lead)


def told(wanted: Filter) -> dict[str, Any]:
    """The filter as the audit log may hold it: people by their ids, and of numbers that one was asked for."""
    said = {name: value for name, value in vars(wanted).items() if value not in (None, ())}
    hidden = {"number": True} if said.pop("number", None) or said.pop("beginnings", None) else {}
    return said | hidden


def page(wanted: Filter, *, cursor: str | None = None) -> Found:
    """The newest messages, or those behind a cursor."""
    with reading(planned_anew=True) as connection:
        words = _words(connection, wanted)
        look = windows.newest if all(word.indexed for word in words) and len(words) <= 1 else windows.through
        return look(connection, _question(connection, wanted, words), cursor=cursor)


def each(wanted: Filter) -> Iterator[Row[Any]]:
    """All messages that are wanted, newest first, read in portions."""
    with reading(planned_anew=True) as connection:
        asked = _question(connection, wanted, _words(connection, wanted))
    return windows.each(asked)


def message(id_: int) -> Row[Any] | None:
    """One message with all that may be shown of it."""
    with reading(planned_anew=True) as connection:
        return connection.execute(select(*_COLUMNS).where(_message.id == id_)).one_or_none()


def _question(connection: Connection, wanted: Filter, words: list[_Word]) -> Question:
    """Of several words the first that an index answers is looked up, and among those the rest is looked for."""
    time = times.between(connection, _message.id, _message.created_at, since=wanted.since, until=wanted.until)
    first = next((word for word in words if word.indexed), _Word([]))
    rest = [condition for word in words if word is not first for condition in word.conditions]
    return Question(columns=_COLUMNS, ids=first.ids, rest=rest, time=time, id=_message.id, at=_message.created_at)


def _words(connection: Connection, wanted: Filter) -> list[_Word]:
    asked = {_message.user_id: wanted.person, _message.phone: wanted.number, _message.application_id: wanted.application}
    words = [_of(Lead(column, value)) for column, value in asked.items() if value is not None]
    if wanted.beginnings:
        words.append(_beginning(connection, wanted.beginnings))
    if wanted.state is not None:
        words.append(_in_state(wanted.state))
    return words


def _of(lead: Lead) -> _Word:
    return _Word([lead.holds], lead=lead)


def _in_state(state: MessageState) -> _Word:
    if state in _NOT_SENT:
        return _of(Lead(_message.state, state, NOT_SENT))
    if state in _OPEN:
        # No index knows that of a single row: PostgreSQL would read all that are open for each.
        return _Word([type_coerce(_message.state, String).concat("") == state.value], few=(_IS_OPEN,))
    return _Word([_message.state == state], indexed=False)


def _beginning(connection: Connection, beginnings: tuple[str, ...]) -> _Word:
    """Those with numbers that begin so: an index has them by number, not by time. A few are therefore named one by one."""
    ranges = [and_(_message.phone >= each, _message.phone < each + _BEHIND_DIGITS) for each in beginnings]
    found: set[int] = set()
    for one in ranges:
        some = select(_message.id).where(one).order_by(_message.phone, _message.id).limit(_FEW + 1)
        found |= set(connection.execute(some).scalars())
    return _Word([_message.id.in_(sorted(found))]) if len(found) <= _FEW else _Word([or_(*ranges)], indexed=False)
