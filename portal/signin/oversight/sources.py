"""How does an identity source go, so that nobody stays inside by it?"""

from __future__ import annotations

from sqlalchemy import select

from portal.database import writing
from portal.models import Ending, SignIn, State, User
from portal.signin.flow import moves
from portal.sources import upkeep
from portal.sources.changing import find
from portal.trace import Actor, Client


def remove(source_id: int, client: Client, *, actor: Actor) -> bool:
    """Delete an outside source with all that `upkeep.remove` takes along, and end the sign-ins of those who came by it: another
    source of its name, which may be trusted, must not speak for them. False for one that stays. Raises NoSuchSource.
    """
    key = find(source_id).key
    gone = upkeep.remove(source_id, client, actor=actor)
    if gone:
        _end_all(key)
    return gone


def _end_all(key: str) -> None:
    """After the source has gone: who changes sources waits for nobody's sign-in, and nobody comes by it any more."""
    came_by = (SignIn.source == key) & (SignIn.state != State.ENDED)
    with writing() as connection:
        # The users first, as every step of a sign-in locks them.
        theirs = select(User.id).where(User.id.in_(select(SignIn.user_id).where(came_by))).order_by(User.id)
        connection.execute(theirs.with_for_update()).all()
        moves.end(connection, came_by, Ending.UNLINKED)
