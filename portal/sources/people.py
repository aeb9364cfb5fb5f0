"""Whom does an outside source tell of? Its people are ours by issuer and subject alone, never by an email address."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select, update

from portal import audit, clock
from portal.accounts.credentials import Proof
from portal.audit import Event, What
from portal.database import writing
from portal.models import Identity, User
from portal.sources import newcomers, numbers
from portal.sources.claims import Claimed, Unknown
from portal.sources.identities import Link, Linking, in_use, is_of, link
from portal.sources.register import Source
from portal.trace import Actor, Client

__all__ = ["Claimed", "Refused", "Stranger", "Unknown", "proof_again", "proof_of"]


@dataclass(frozen=True)
class Stranger:
    """Nobody here is linked with whom the source tells of, and nobody was created for them: why, and what they are called."""

    why: Unknown
    called: str


@dataclass(frozen=True)
class Refused:
    """The user who is linked may not come in: the answer is that of a wrong password."""


class _Raced(Exception):
    """Somebody else linked the identity while a user was created for it, or the source was deleted meanwhile."""


_known = (
    select(Identity.id, Identity.user_id, Identity.called, User.password_hash, User.suspended, User.phone)
    .join(User, User.id == Identity.user_id).with_for_update(of=User)
)


def proof_of(source: Source, claimed: Claimed, client: Client) -> Proof | Stranger | Refused:
    """What the word of a source is worth: the proof of the linked user, or of one created for it where the source may."""
    for _try in range(2):
        with suppress(_Raced):
            return _proof_of(source, claimed, client)
    return Refused()


def proof_again(source: Source, claimed: Claimed, client: Client) -> Proof | None:
    """The same of a user who is linked already, for whoever has to confirm that it is them: nobody is created."""
    with writing() as connection:
        row = _find(connection, source, claimed) if in_use(connection, source) else None
        proof = _admitted(connection, row, source, claimed, client) if row else None
        return proof if isinstance(proof, Proof) else None


def _proof_of(source: Source, claimed: Claimed, client: Client) -> Proof | Stranger | Refused:
    with writing() as connection:
        if not in_use(connection, source):
            return Refused()
        row = _find(connection, source, claimed)
        if row is None and (why := _created(connection, source, claimed, client)):
            row = _find(connection, source, claimed)
            # Whose email is taken may be this very person, in another tab a moment ago.
            if row is None:
                return Stranger(why, claimed.called)
        return _admitted(connection, row or _find(connection, source, claimed), source, claimed, client)


def _created(connection: Connection, source: Source, claimed: Claimed, client: Client) -> Unknown | None:
    """Create a user and link them; why not, if not. Raises _Raced."""
    made = newcomers.create(connection, source, claimed, client)
    if isinstance(made, Unknown):
        return made
    if link(connection, Link(source, made, claimed), client, Actor(source.title)) is not Linking.DONE:
        raise _Raced
    return None


def _find(connection: Connection, source: Source, claimed: Claimed) -> Any:
    return connection.execute(_known.where(*is_of(source.id, claimed))).first()


def _admitted(connection: Connection, row: Any, source: Source, claimed: Claimed, client: Client) -> Proof | Refused:
    if row.suspended:
        refused = Event(event=What.FIRST_FACTOR_REFUSED, outcome="refused", user_id=row.user_id, detail={"source": source.key})
        audit.record(connection, client, refused)
        return Refused()
    if client.trial is None:
        used = update(Identity).where(Identity.id == row.id).values(used_at=clock.now(), called=claimed.called)
        connection.execute(used)
    suggested = numbers.taken_over(connection, source, row, claimed, client)
    return Proof(row.user_id, source.key, row.password_hash, vouched=claimed.vouched, suggested_phone=suggested)
