"""What happened in a trial? Each of its logins, step by step, from the audit log and the records of its text messages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, bindparam, select

from portal.audit import What
from portal.database import reading
from portal.models import AuditEntry, Message, MessageState, SignIn, State, User
from portal.signin.trials import Tried

_MOST_LOGINS, _MOST_ENTRIES = 20, 400


@dataclass(frozen=True)
class Happening:
    """One event: when, what, how it ended, and its details as the audit log has them; with its message, if it asked for one."""

    at: float
    event: str
    outcome: str
    detail: dict[str, Any]
    message: MessageState | None = None
    message_reason: str | None = None


@dataclass(frozen=True, kw_only=True)
class Login:
    """One try of the login, oldest event first. Without `state` the first factor was refused.

    `user`: a row of whose account it was; None where there is no such account.
    """

    user: Any
    state: State | None
    ended_because: str | None
    expires_at: float
    happenings: tuple[Happening, ...]


_entries = select(AuditEntry.id, AuditEntry.at, AuditEntry.event, AuditEntry.outcome, AuditEntry.detail, AuditEntry.sign_in_id)
_who = User.name, User.username, User.email, User.phone
_logins = (select(SignIn.id, SignIn.user_id, SignIn.state, SignIn.ended_because, SignIn.expires_at, *_who)
           .join(User, User.id == SignIn.user_id))


def story(tried: Tried) -> list[Login]:
    """All logins of a trial, the newest first."""
    with reading() as connection:
        rows = connection.execute(_logins.where(SignIn.trial_id == tried.id).order_by(SignIn.id.desc()).limit(_MOST_LOGINS)).all()
        told = connection.execute(_of_logins(tried, rows)).all()
        refusals = connection.execute(_refusals(tried)).all()
        messages = _messages(connection, [row.id for row in rows])
    logins = [(_first(told, row.id), _login(row, told, messages.get(row.id, []))) for row in rows]
    refused = [(entry.id, _refused(entry)) for entry in refusals]
    return [login for _at, login in sorted(logins + refused, key=lambda pair: pair[0], reverse=True)]


# By indexes that exist: of a person, and of an event. Each is looked at from the trial's beginning on.
_began = (select(AuditEntry.id).where(AuditEntry.at >= bindparam("began")).order_by(AuditEntry.at, AuditEntry.id).limit(1)
          .scalar_subquery())


def _of_logins(tried: Tried, rows: Sequence[Any]) -> Select[Any]:
    theirs = AuditEntry.user_id.in_({row.user_id for row in rows}), AuditEntry.sign_in_id.in_([row.id for row in rows])
    return _since(tried, *theirs).order_by(AuditEntry.id).limit(_MOST_ENTRIES)


def _refusals(tried: Tried) -> Select[Any]:
    """A refused first factor belongs to no sign-in: it is found by its mark."""
    marked = AuditEntry.detail["trial"].as_integer() == tried.id
    refused = _since(tried, AuditEntry.event == What.FIRST_FACTOR_REFUSED.value, marked)
    named = refused.add_columns(AuditEntry.user_id, *_who).outerjoin(User, User.id == AuditEntry.user_id)
    return named.order_by(AuditEntry.id.desc()).limit(_MOST_LOGINS)


def _since(tried: Tried, *which: ColumnElement[bool]) -> Select[Any]:
    return _entries.where(AuditEntry.id >= _began, *which).params(began=tried.started_at)


def _messages(connection: Connection, sign_ins: list[int]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    of_logins = select(Message.sign_in_id, Message.state, Message.reason).where(Message.sign_in_id.in_(sign_ins))
    for row in connection.execute(of_logins.order_by(Message.id)):
        found.setdefault(row.sign_in_id, []).append(row)
    return found


def _first(told: Sequence[Any], sign_in_id: int) -> int:
    return next((entry.id for entry in told if entry.sign_in_id == sign_in_id), 0)


def _login(row: Any, told: Sequence[Any], messages: list[Any]) -> Login:
    """Each code that was sent has one message, in the same order."""
    waiting = iter(messages)
    happenings = tuple(_happening(entry, next(waiting, None) if entry.event == What.CODE_SENT else None)
                       for entry in told if entry.sign_in_id == row.id and entry.event != What.MESSAGE)
    return Login(user=row, state=row.state, ended_because=row.ended_because, expires_at=row.expires_at, happenings=happenings)


def _refused(entry: Any) -> Login:
    user = entry if entry.user_id else None
    return Login(user=user, state=None, ended_because=None, expires_at=entry.at, happenings=(_happening(entry),))


def _happening(entry: Any, message: Any = None) -> Happening:
    return Happening(entry.at, entry.event, entry.outcome, entry.detail, message.state if message else None,
                     message.reason if message else None)
