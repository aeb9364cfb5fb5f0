"""How are a user's own facts read and changed, so that two people at once lose nothing silently?"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, select, update
from sqlalchemy.exc import IntegrityError

from portal.accounts import identifiers
from portal.accounts.users import LONGEST_NAME, UserFault
from portal.audit import Event, What, record
from portal.database import reading, writing
from portal.models import User
from portal.trace import Actor, Client

FIELDS = ("username", "email", "name")
_SHOWN: tuple[Any, ...] = (
    User.id, User.username, User.email, User.name, User.phone, User.phone_state, User.role, User.suspended, User.locale,
    User.created_at, User.last_sign_in_at, User.bypass_until, User.wrong_codes, User.codes_paused_until,
    User.password_hash.is_not(None).label("password"), User.password_must_change, User.version,
)


@dataclass(frozen=True, kw_only=True)
class Profile:
    """What a user is called and found by, beside the number. None: they have none."""

    username: str | None
    email: str | None
    name: str | None


@dataclass(frozen=True)
class Refused:
    """Nothing was saved. `field`: beside which it is said; `owner_id`: who has that name or email already."""

    fault: UserFault
    field: str
    owner_id: int | None = None


class Overtaken(Exception):
    """Somebody changed the user since the form was shown, or deleted them; nothing was saved."""


def find(user_id: int) -> Row[Any] | None:
    """All that may be shown of a user, the whole number included; None when there is none (any more)."""
    with reading() as connection:
        return connection.execute(select(*_SHOWN).where(User.id == user_id)).first()


def typed(**fields: str | None) -> Profile:
    """A profile from what was typed: outer blanks and control characters dropped, nothing for empty fields."""
    return Profile(**{field: _plain(fields.get(field) or "") for field in FIELDS})


def _plain(text: str) -> str | None:
    """No line break in a name, nor what PostgreSQL cannot keep."""
    return "".join(c for c in text if unicodedata.category(c) not in ("Cc", "Cs")).strip() or None


def change(row: Any, wanted: Profile, client: Client, *, version: int, actor: Actor) -> tuple[str, ...] | Refused:
    """Give the user of a row of `find` that profile; returns which fields changed. Raises Overtaken.

    `version`: that of the user when the form was shown.
    """
    if refused := _fault(row, wanted):
        return refused
    if row.version != version:
        raise Overtaken
    changes = tuple(field for field in FIELDS if getattr(row, field) != getattr(wanted, field))
    try:
        return _written(row, wanted, changes, client, actor)
    except IntegrityError:
        return _taken(row.id, wanted) or Refused(UserFault.NO_IDENTIFIER, "username")


def _written(row: Any, wanted: Profile, changes: tuple[str, ...], client: Client, actor: Actor) -> tuple[str, ...]:
    detail = {field: {"before": getattr(row, field), "after": getattr(wanted, field)} for field in changes}
    seen = (User.id == row.id) & (User.version == row.version)
    with writing() as connection:
        if changes and not connection.execute(update(User).where(seen).values(_columns(wanted))).rowcount:
            raise Overtaken
        if changes:
            record(connection, client, Event(event=What.USER_CHANGED, user_id=row.id, actor=actor, detail=detail))
    return changes


def _columns(wanted: Profile) -> dict[str, Any]:
    values = {"username": wanted.username, "email": wanted.email, "name": wanted.name}
    keys = {f"{field}_key": identifiers.fold(value) if value else None for field, value in values.items()}
    return {**values, **keys, "version": User.version + 1}


def _fault(row: Any, wanted: Profile) -> Refused | None:
    faults = (
        (not (wanted.username or wanted.email or row.phone), UserFault.NO_IDENTIFIER, "username"),
        (bool(wanted.username) and not identifiers.is_username(wanted.username or ""), UserFault.USERNAME, "username"),
        (bool(wanted.email) and not identifiers.is_email(wanted.email or ""), UserFault.EMAIL, "email"),
        (len(wanted.name or "") > LONGEST_NAME, UserFault.NAME, "name"),
    )
    return next((Refused(fault, field) for found, fault, field in faults if found), None)


def _taken(user_id: int, wanted: Profile) -> Refused | None:
    """Whose name or email it is that the table would not let two people have."""
    keys = {"username": (User.username_key, wanted.username), "email": (User.email_key, wanted.email)}
    with reading() as connection:
        owners = {field: _owner(connection, user_id, column == identifiers.fold(value)) for field, (column, value) in keys.items()
                  if value}
    return next((Refused(UserFault.TAKEN, field, owner) for field, owner in owners.items() if owner), None)


def _owner(connection: Connection, user_id: int, where: Any) -> int | None:
    return connection.execute(select(User.id).where(where, User.id != user_id)).scalar()
