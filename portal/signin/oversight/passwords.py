"""How does a user come to another password? Set by somebody, made up, or chosen by themselves through a one-time link."""

from __future__ import annotations

from enum import Enum
from typing import Any

from sqlalchemy import Connection, select

from portal import audit
from portal.accounts import credentials, links
from portal.accounts.users import NoSuchUser
from portal.audit import Event, What
from portal.database import writing
from portal.keys import new_password
from portal.models import Ending, LinkPurpose, Role, User
from portal.signin.oversight.changing import FRESH, changed
from portal.signin.oversight.roles import may_care_for
from portal.trace import Actor, Client


class NoLink(Enum):
    """Why a user is given no link by which they set their own password."""

    ROLE = "whoever asks may not look after them"
    SUSPENDED = "they are suspended, so it would be no good"
    NOT_NEEDED = "they have a password already"


def set_password(user_id: int, password_hash: str, client: Client, *, actor: Actor) -> None:
    """Give the user another password, lift a lock of the SMS step, and end every sign-in and link of theirs."""
    with writing() as connection:
        give(connection, client, Event(event=What.PASSWORD_CHANGED, user_id=user_id, actor=actor), password_hash=password_hash)


def generated_password(user_id: int, client: Client, *, actor: Actor) -> str:
    """Give the user a random password, returned this once, that must be replaced at the next login. Raises NoSuchUser."""
    password = new_password()
    event = Event(event=What.PASSWORD_CHANGED, user_id=user_id, actor=actor, detail={"generated": True})
    password_hash = credentials.hashed(password)
    with writing() as connection:
        give(connection, client, event, password_hash=password_hash, must_change=True)
    return password


def password_link(
    user_id: int, client: Client, *, actor: Actor, actor_role: Role | None, besides: bool = True,
) -> str | NoLink:
    """The token, returned this once, of a link by which the user sets their own password; earlier ones are good no more.

    Good for `links.LIFETIME` seconds at /set-password/<token>. `besides`: also for somebody who has a password already.
    Raises NoSuchUser.
    """
    with writing() as connection:
        if why := _no_link(connection, user_id, actor_role, besides=besides):
            return why
        token = links.issue(connection, LinkPurpose.SET_PASSWORD, user_id)
        audit.record(connection, client, Event(event=What.PASSWORD_LINK_GIVEN, user_id=user_id, actor=actor))
    return token


def _no_link(connection: Connection, user_id: int, actor_role: Role | None, *, besides: bool) -> NoLink | None:
    """Asked with the user locked, as by everybody who changes a user and then their links: else somebody who is given a role
    at this moment would keep a link that was handed out by somebody who may not look after them any more."""
    asked = select(User.role, User.suspended, User.password_hash).where(User.id == user_id).with_for_update()
    user = connection.execute(asked).first()
    if user is None:
        raise NoSuchUser(str(user_id))
    if not may_care_for(actor_role, user.role):
        return NoLink.ROLE
    if user.suspended:
        return NoLink.SUSPENDED
    return NoLink.NOT_NEEDED if user.password_hash and not besides else None


def give(connection: Connection, client: Client, event: Event, *, password_hash: str, must_change: bool = False) -> None:
    """Give the user of the event that password in the caller's transaction; whatever rests on the one before ends."""
    values: dict[str, Any] = {"password_hash": password_hash, "password_must_change": must_change}
    changed(connection, client, event, FRESH | values, ends=Ending.PASSWORD_CHANGED)
    links.withdraw(connection, event.user_id or 0)
