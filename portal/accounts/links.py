"""Is this one-time link still good? A link is a random token, kept as its SHA-256, good once."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Connection, and_, delete, insert, select, update

from portal import clock
from portal.keys import new_token, token_digest
from portal.models import Link, LinkPurpose

LIFETIME = 86_400
"""Seconds for which a link is good."""


def issue(connection: Connection, purpose: LinkPurpose, user_id: int | None = None) -> str:
    """A new link's token, for one user where the purpose is about one; their earlier ones are good no more."""
    token, now = new_token(), clock.now()
    connection.execute(delete(Link).where(Link.purpose == purpose, Link.user_id == user_id))
    row = {"token_hash": token_digest(token), "purpose": purpose, "user_id": user_id, "created_at": now}
    connection.execute(insert(Link).values(expires_at=now + LIFETIME, **row))
    return token


def good(connection: Connection, token: str, purpose: LinkPurpose) -> bool:
    """Whether the token is one of ours, for this purpose, unused and not expired."""
    return connection.execute(select(Link.id).where(_usable(token, purpose))).first() is not None


def use(connection: Connection, token: str, purpose: LinkPurpose) -> bool:
    """Use the link up. True for exactly one of all who try."""
    used = connection.execute(update(Link).where(_usable(token, purpose)).values(used_at=clock.now()))
    return used.rowcount == 1


def withdraw(connection: Connection, user_id: int) -> None:
    """All links of a user are good no more."""
    connection.execute(delete(Link).where(Link.user_id == user_id))


def owner(connection: Connection, token: str, purpose: LinkPurpose) -> int | None:
    """Whose link it is, as long as it is good."""
    return connection.execute(select(Link.user_id).where(_usable(token, purpose))).scalar()


def _usable(token: str, purpose: LinkPurpose) -> ColumnElement[bool]:
    ours = and_(Link.token_hash == token_digest(token), Link.purpose == purpose)
    return and_(ours, Link.used_at.is_(None), Link.expires_at > clock.now())
