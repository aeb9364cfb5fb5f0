"""Whose password may be set through this one-time link, and what follows? Whoever creates users hands the link over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from portal.accounts import credentials, links, phones, strength
from portal.accounts.strength import PasswordFault
from portal.audit import Event, What
from portal.database import reading, writing
from portal.extensions import settings
from portal.models import LinkPurpose, User
from portal.signin.oversight.passwords import give
from portal.trace import Actor, Client

_PURPOSE = LinkPurpose.SET_PASSWORD


@dataclass(frozen=True)
class LinkVerdict:
    """How setting a password through a link ended: `fault`: it is not good enough; `spent`: the link is no good (any more)."""

    fault: PasswordFault | None = None
    spent: bool = False


def owner(token: str) -> str | None:
    """What the person logs in with whose link this is, a number masked; None when the link is no good (any more)."""
    row = _owner(token)
    return (row.username or row.email or phones.mask(row.phone)) if row else None


def set_password(token: str, password: str, client: Client) -> LinkVerdict:
    """Set the password of the link's owner and use the link up. A password that is not good enough leaves it good."""
    row = _owner(token)
    if row is None:
        return LinkVerdict(spent=True)
    about = [name for name in (row.username, row.email, row.name, settings().portal_name) if name]
    if fault := strength.fault(password, about=about):
        return LinkVerdict(fault)
    password_hash = credentials.hashed(password)
    with writing() as connection:
        used = _good_still(connection, row.id) and links.use(connection, token, _PURPOSE)
        if used:
            event = Event(event=What.PASSWORD_CHANGED, user_id=row.id, actor=Actor("one-time link", row.id))
            give(connection, client, event, password_hash=password_hash)
    return LinkVerdict(spent=not used)


def _owner(token: str) -> Any:
    with reading() as connection:
        user_id = links.owner(connection, token, _PURPOSE)
        found = select(User.id, User.username, User.email, User.phone, User.name)
        return connection.execute(found.where(User.id == user_id, User.suspended.is_(False))).first()


def _good_still(connection: Connection, user_id: int) -> bool:
    """Whether the user may still come in. Locked before the link, as by everybody who changes a user and then their links."""
    found = select(User.id).where(User.id == user_id, User.suspended.is_(False))
    return connection.execute(found.with_for_update()).first() is not None
