"""How does somebody in charge give a person another phone number, or take it away, without undoing what another just did?"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, select, update
from sqlalchemy.exc import IntegrityError

from portal import audit
from portal.audit import Event, What
from portal.database import reading, writing
from portal.models import Ending, PhoneState, User, phone_columns
from portal.signin.flow import moves
from portal.trace import Actor, Client


class Why(StrEnum):
    """Why a number was not bound or removed."""

    OVERTAKEN = "overtaken"
    TAKEN = "taken"
    LAST_IDENTIFIER = "last identifier"


@dataclass(frozen=True)
class NotDone:
    """The number is as it was. `owner_id`: whose the wanted number is, if it is somebody's."""

    why: Why
    owner_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class Whose:
    """The user as whoever acts saw them, and by whom that is: their own present sign-in is kept, if it is the same person."""

    user_id: int
    version: int
    phone: str | None
    actor: Actor
    keep: int | None = None


class _Overtaken(Exception):
    """Raised inside the transaction, so that nothing of it stays."""


def bind(whose: Whose, phone: str, client: Client) -> NotDone | None:
    """Make `phone` (E.164) the user's, bound but not proven until its first code, and end their other sign-ins."""
    detail = {"to": moves.masked(phone), "before": moves.masked(whose.phone)}
    event = Event(event=What.PHONE_BOUND, outcome=PhoneState.UNPROVEN, user_id=whose.user_id, actor=whose.actor, detail=detail)
    try:
        return _written(whose, event, client, phone_columns(phone, PhoneState.UNPROVEN))
    except IntegrityError:
        return NotDone(Why.TAKEN, _owner(phone))


def remove(whose: Whose, client: Client) -> NotDone | None:
    """Take the number away, so that the user binds one anew, and end their other sign-ins.

    Refused for a user who has nothing but the number to log in with, by the table's own rule.
    """
    detail = {"before": moves.masked(whose.phone)}
    event = Event(event=What.PHONE_REMOVED, user_id=whose.user_id, actor=whose.actor, detail=detail)
    try:
        return _written(whose, event, client, phone_columns(None, None))
    except IntegrityError:
        return NotDone(Why.LAST_IDENTIFIER)


def _written(whose: Whose, event: Event, client: Client, values: dict[str, Any]) -> NotDone | None:
    try:
        with writing() as connection:
            _write(connection, whose, values)
            audit.record(connection, client, event)
    except _Overtaken:
        return NotDone(Why.OVERTAKEN)
    return None


def _write(connection: Connection, whose: Whose, values: dict[str, Any]) -> None:
    """The user first: see `changing.changed`."""
    seen = (User.id == whose.user_id) & (User.version == whose.version)
    if not connection.execute(update(User).where(seen).values(version=User.version + 1, **values)).rowcount:
        raise _Overtaken
    moves.end(connection, moves.of_user(whose.user_id, keep=whose.keep), Ending.PHONE_CHANGED)


def _owner(phone: str) -> int | None:
    with reading() as connection:
        return connection.execute(select(User.id).where(User.phone == phone)).scalar()
