"""A person links their account with one at an outside source: who may, and when?

Never on a first factor alone: whoever holds a stolen password would link an account of their own. Who arrives unknown is bound
to the sign-in by which they say who they are here, and is linked when that is complete, by their own word.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

from sqlalchemy import Connection, select

from portal.database import reading, writing
from portal.keys import token_digest
from portal.models import Ending, SignIn, User
from portal.signin import session
from portal.signin.flow import moves
from portal.signin.visitor import Visitor
from portal.sources import identities, register, requests
from portal.sources.claims import Claimed
from portal.sources.identities import Link, Linking, Own, Unlinking
from portal.sources.register import Source
from portal.sources.requests import Arrived
from portal.trace import Actor, Client

_CLAIMS = frozenset(field.name for field in fields(Claimed))


@dataclass(frozen=True)
class Waiting:
    """An account at a source that waits to be linked with the user of the present sign-in."""

    source: Source
    claimed: Claimed
    next_address: str | None


def bind(arrival: str, browser: bytes) -> bool:
    """Bind who arrived in this browser, as it was before, to the sign-in that it holds now."""
    token = session.complete_token() or session.pending_token()
    with writing() as connection:
        asked = select(SignIn.id, SignIn.user_id).where(SignIn.token_hash == token_digest(token or ""))
        row = connection.execute(asked).first()
        return row is not None and requests.bind(connection, arrival, browser=browser, trial_id=None, user_id=row.user_id,
                                                 sign_in_id=row.id)


def waiting(visitor: Visitor) -> Waiting | None:
    """Who waits to be linked with this visitor, if somebody does and their source is in use."""
    with reading() as connection:
        return _waiting(_bound(connection, visitor))


def link_waiting(visitor: Visitor, client: Client) -> tuple[Waiting, Linking] | None:
    """Link who waits; None if nobody does any more. Of two at once, one finds somebody waiting."""
    with writing() as connection:
        # The user first, as whoever changes a user does.
        connection.execute(select(User.id).where(User.id == visitor.user_id).with_for_update())
        arrived = _bound(connection, visitor)
        found = _waiting(arrived)
        if arrived is None or found is None:
            return None
        outcome = identities.link(connection, Link(found.source, visitor.user_id, found.claimed), client, visitor.actor)
        # Only then: linking waits for whoever deletes the source, who waits for the row that this locks.
        requests.settle(connection, arrived.id)
        return found, outcome


def link(wanted: Link, client: Client, actor: Actor) -> Linking:
    """Link whom the source named to somebody inside who went there for that."""
    with writing() as connection:
        connection.execute(select(User.id).where(User.id == wanted.user_id).with_for_update())
        return identities.link(connection, wanted, client, actor)


def unlink(own: Own, client: Client, actor: Actor, *, keep: int | None = None) -> Unlinking | None:
    """Take one of their own identities from a user; None when it is done. Never their last way in."""
    with writing() as connection:
        return taken(connection, own, client, actor, keep=keep)


def taken(  # noqa: PLR0913 - whose, by whom, and how far that goes
    connection: Connection, own: Own, client: Client, actor: Actor, *, keep: int | None = None, even_last: bool = False,
) -> Unlinking | None:
    """The same in the caller's transaction. Whoever came in by its source does so no longer, but for the sign-in to `keep`.

    `even_last`: also their last way in, for an administrator insists.
    """
    source = identities.unlink(connection, own, client, actor, even_last=even_last)
    if isinstance(source, Unlinking):
        return source
    moves.end(connection, moves.of_user(own.user_id, keep) & (SignIn.source == source), Ending.UNLINKED)
    return None


def _bound(connection: Connection, visitor: Visitor) -> Arrived | None:
    arrived = requests.bound(connection, visitor.sign_in_id)
    return arrived if arrived and arrived.user_id == visitor.user_id else None


def _waiting(arrived: Arrived | None) -> Waiting | None:
    source = register.in_use(arrived.source_id) if arrived else None
    if arrived is None or source is None:
        return None
    claimed = Claimed(**{name: value for name, value in arrived.claims.items() if name in _CLAIMS})
    return Waiting(source, claimed, arrived.next_address)
