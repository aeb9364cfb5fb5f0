"""How does the first administrator come in? By a one-time link, as long as there is none."""

from __future__ import annotations

from portal.accounts import links, users
from portal.accounts.users import NewUser
from portal.database import reading, writing
from portal.models import LinkPurpose
from portal.trace import Actor, Client

_PURPOSE = LinkPurpose.FIRST_ADMINISTRATOR
_LINK = Actor("one-time link")
"""Who acts when the link is used: nobody has an account before it."""


def issue() -> str | None:
    """A new link's token, good for `links.LIFETIME` seconds; None when there is an administrator already."""
    with writing() as connection:
        return None if users.any_administrator(connection) else links.issue(connection, _PURPOSE)


def good(token: str) -> bool:
    """Whether the link may still be used."""
    with reading() as connection:
        return links.good(connection, token, _PURPOSE) and not users.any_administrator(connection)


def create(token: str, new: NewUser, client: Client) -> bool:
    """Create the first administrator by the link. False when it is no good (any more), or somebody was first.

    The phone is given in E.164. Raises UserRefused; the link stays good then.
    """
    with writing() as connection:
        if not links.use(connection, token, _PURPOSE) or users.any_administrator(connection):
            return False
        users.create(connection, client, new, actor=_LINK, home=None)
    return True
