"""Who is in the user pool? Creating, finding and listing users."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, insert, select
from sqlalchemy.exc import IntegrityError

from portal import clock
from portal.accounts import identifiers, phones
from portal.accounts.identifiers import Kind
from portal.audit import Event, What, record
from portal.database import reading
from portal.models import PhoneState, Role, User, phone_columns
from portal.trace import Actor, Client

LONGEST_NAME = 200
COLUMN = {Kind.USERNAME: User.username_key, Kind.EMAIL: User.email_key, Kind.PHONE: User.phone}
"""Where an identifier of each kind is looked up."""


class UserFault(StrEnum):
    """Why a user cannot be created as asked."""

    NO_IDENTIFIER = "give at least one of username, email and phone"
    USERNAME = "a username has 2 to 64 characters, a letter, no @ and no leading +"
    EMAIL = "that is not an email address"
    PHONE = "that is not a whole phone number; write it as +49…"
    NAME = "a name has at most 200 characters"
    TAKEN = "somebody has that username, email or phone already"


class UserRefused(Exception):
    """A user cannot be created; `fault` says why."""

    def __init__(self, fault: UserFault) -> None:
        super().__init__(fault.value)
        self.fault = fault


class NoSuchUser(Exception):
    """Nobody in the user pool has that identifier."""


@dataclass(frozen=True, kw_only=True)
class NewUser:
    """What a new user is made of. Phone in E.164 or the home country's spelling; the password already hashed."""

    username: str | None = None
    email: str | None = None
    phone: str | None = None
    name: str | None = None
    password_hash: str | None = None
    password_must_change: bool = False
    role: Role | None = None


def create(connection: Connection, client: Client, new: NewUser, *, actor: Actor, home: str | None) -> int:
    """Add a user and return the id. A phone given here is bound but not proven. Raises UserRefused."""
    columns = _columns(new, home)
    try:
        with connection.begin_nested():
            user_id = connection.execute(insert(User).values(columns).returning(User.id)).scalar_one()
    except IntegrityError:
        raise UserRefused(UserFault.TAKEN) from None
    record(connection, client, Event(event=What.USER_CREATED, user_id=user_id, actor=actor, detail={"role": new.role}))
    return user_id


def _columns(new: NewUser, home: str | None) -> dict[str, Any]:
    phone = phones.parse(new.phone, home) if new.phone else None
    faults = {
        UserFault.NO_IDENTIFIER: not (new.username or new.email or new.phone),
        UserFault.USERNAME: bool(new.username) and not identifiers.is_username(new.username or ""),
        UserFault.EMAIL: bool(new.email) and not identifiers.is_email(new.email or ""),
        UserFault.PHONE: bool(new.phone) and phone is None,
        UserFault.NAME: len(new.name or "") > LONGEST_NAME,
    }
    if fault := next((fault for fault, found in faults.items() if found), None):
        raise UserRefused(fault)
    return {
        "username": new.username.strip() if new.username else None,
        "username_key": identifiers.fold(new.username) if new.username else None,
        "email": new.email.strip() if new.email else None,
        "email_key": identifiers.fold(new.email) if new.email else None,
        **phone_columns(phone, PhoneState.UNPROVEN),
        "name": new.name, "name_key": identifiers.fold(new.name) if new.name else None,
        "password_hash": new.password_hash, "password_must_change": new.password_must_change, "role": new.role,
        "created_at": clock.now(), "suspended": False, "wrong_codes": 0, "dead_codes": 0, "version": 1,
    }


def find_id(connection: Connection, typed: str, home: str | None) -> int:
    """The id of the user whom an identifier names. Raises NoSuchUser."""
    identifier = identifiers.read(typed, home)
    user_id = connection.execute(select(User.id).where(COLUMN[identifier.kind] == identifier.key)).scalar()
    if user_id is None:
        raise NoSuchUser(typed)
    return user_id


def holder(typed: str, home: str | None) -> int | None:
    """The id of the user whom an identifier names, if there is one."""
    with reading() as connection:
        try:
            return find_id(connection, typed, home)
        except NoSuchUser:
            return None


_LISTED: tuple[Any, ...] = (
    User.id, User.username, User.email, User.phone, User.phone_state, User.name, User.role, User.suspended, User.wrong_codes,
    User.codes_paused_until, User.bypass_until, User.created_at, User.last_sign_in_at,
    User.password_hash.is_not(None).label("password"),
)


def show(user_id: int) -> Row[Any]:
    """All that may be shown of one user."""
    with reading() as connection:
        return connection.execute(select(*_LISTED).where(User.id == user_id)).one()


def rows(connection: Connection, ids: list[int]) -> list[Row[Any]]:
    """Of each user with one of these ids what may be shown, in the order of the ids."""
    if not ids:
        return []
    found = {row.id: row for row in connection.execute(select(*_LISTED).where(User.id.in_(ids)))}
    return [found[user_id] for user_id in ids if user_id in found]


def page(*, after: int = 0, limit: int = 50) -> list[Row[Any]]:
    """Users in the order of their ids, from the one behind `after`."""
    with reading() as connection:
        return list(connection.execute(select(*_LISTED).where(User.id > after).order_by(User.id).limit(limit)))


def any_administrator(connection: Connection) -> bool:
    """Whether somebody can administer the portal already."""
    return connection.execute(select(User.id).where(User.role == Role.ADMINISTRATOR).limit(1)).first() is not None
