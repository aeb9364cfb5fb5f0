"""Whom does an outside source tell of? Its people are ours by issuer and subject alone, never by an email address."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, delete, exists, insert, select, update
from sqlalchemy.exc import IntegrityError

from portal import audit, clock
from portal.accounts.credentials import Proof
from portal.audit import Event, What
from portal.database import reading, writing
from portal.models import Identity, IdentitySource, User
from portal.sources import newcomers, numbers
from portal.sources.claims import Claimed, Unknown
from portal.sources.register import Source
from portal.trace import Actor, Client

__all__ = ["Claimed", "Link", "Linked", "Linking", "Own", "Refused", "Stranger", "Unknown", "Unlinking", "link",
           "linked", "proof_again", "proof_of", "unlink"]


@dataclass(frozen=True)
class Stranger:
    """Nobody here is linked with whom the source tells of, and nobody was created for them: why, and what they are called."""

    why: Unknown
    called: str


@dataclass(frozen=True)
class Refused:
    """The user who is linked may not come in: the answer is that of a wrong password."""


@dataclass(frozen=True, kw_only=True)
class Linked:
    """One identity of a user, as pages show it. `enabled`: its source is in use."""

    id: int
    source_id: int
    kind: str
    name: str
    title: str
    called: str
    linked_at: float
    used_at: float | None
    enabled: bool


@dataclass(frozen=True)
class Link:
    """That a user, by the id, is whom a source tells of."""

    source: Source
    user_id: int
    claimed: Claimed


@dataclass(frozen=True)
class Own:
    """One identity of one user, by their ids."""

    user_id: int
    identity_id: int


class Linking(StrEnum):
    """How an attempt to link ended. TAKEN: another user is linked with that identity. GONE: the source is not in use any more."""

    DONE = "done"
    ALREADY = "already"
    TAKEN = "taken"
    GONE = "gone"


class Unlinking(StrEnum):
    """Why nothing was unlinked. LAST_WAY: the user could not come in any more."""

    LAST_WAY = "last way in"
    GONE = "gone"


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
        row = _find(connection, source, claimed) if _in_use(connection, source) else None
        proof = _admitted(connection, row, source, claimed, client) if row else None
        return proof if isinstance(proof, Proof) else None


def _proof_of(source: Source, claimed: Claimed, client: Client) -> Proof | Stranger | Refused:
    with writing() as connection:
        if not _in_use(connection, source):
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


def _in_use(connection: Connection, source: Source) -> bool:
    """Whether the source is there and enabled now, whatever was read of it a moment ago."""
    return bool(connection.execute(select(IdentitySource.enabled).where(IdentitySource.id == source.id)).scalar())


def _find(connection: Connection, source: Source, claimed: Claimed) -> Any:
    return connection.execute(_known.where(*_is(source.id, claimed))).first()


def _is(source_id: int, claimed: Claimed) -> tuple[Any, ...]:
    return Identity.source_id == source_id, Identity.issuer == claimed.issuer, Identity.subject == claimed.subject


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


def link(connection: Connection, link: Link, client: Client, actor: Actor) -> Linking:
    """Link a user with whom a source tells of, in the caller's transaction."""
    source, claimed = link.source, link.claimed
    if not _in_use(connection, source):
        return Linking.GONE
    row = {"source_id": source.id, "user_id": link.user_id, "issuer": claimed.issuer, "subject": claimed.subject,
           "called": claimed.called, "linked_at": clock.now()}
    try:
        with connection.begin_nested():
            connection.execute(insert(Identity).values(row))
    except IntegrityError:
        return _in_the_way(connection, link)
    detail = {"source": source.key, "called": claimed.called}
    audit.record(connection, client, Event(event=What.IDENTITY_LINKED, user_id=link.user_id, actor=actor, detail=detail))
    return Linking.DONE


def _in_the_way(connection: Connection, link: Link) -> Linking:
    owner = connection.execute(select(Identity.user_id).where(*_is(link.source.id, link.claimed))).scalar()
    if owner is None:
        return Linking.GONE
    return Linking.ALREADY if owner == link.user_id else Linking.TAKEN


def linked(user_id: int) -> list[Linked]:
    """The identities of a user, in the order of the sources."""
    asked = (
        select(Identity.id, Identity.source_id, IdentitySource.kind, IdentitySource.name, IdentitySource.title, Identity.called,
               Identity.linked_at, Identity.used_at, IdentitySource.enabled)
        .join(IdentitySource, IdentitySource.id == Identity.source_id).where(Identity.user_id == user_id)
        .order_by(IdentitySource.position, IdentitySource.id, Identity.id))
    with reading() as connection:
        return [Linked(**row._mapping) for row in connection.execute(asked)]


def unlink(connection: Connection, own: Own, client: Client, actor: Actor, *, even_last: bool = False) -> str | Unlinking:
    """Take an identity from a user, in the caller's transaction; the key of its source, or why nothing was taken.

    Never their last way in, unless `even_last`: what is left must be a password, or another identity whose source is in use.
    """
    # Under the user's lock: two at once would each see the other's identity as what is left.
    user = connection.execute(select(User.password_hash).where(User.id == own.user_id).with_for_update()).first()
    mine = (Identity.id == own.identity_id) & (Identity.user_id == own.user_id)
    named = select(IdentitySource.kind, IdentitySource.name, Identity.called)
    row = connection.execute(named.join(Identity, Identity.source_id == IdentitySource.id).where(mine)).first()
    if user is None or row is None:
        return Unlinking.GONE
    if not (even_last or user.password_hash is not None or _other_way(connection, own)):
        return Unlinking.LAST_WAY
    connection.execute(delete(Identity).where(mine))
    detail = {"source": f"{row.kind}:{row.name}", "called": row.called}
    audit.record(connection, client, Event(event=What.IDENTITY_UNLINKED, user_id=own.user_id, actor=actor, detail=detail))
    return f"{row.kind}:{row.name}"


def _other_way(connection: Connection, own: Own) -> bool:
    other = (Identity.user_id == own.user_id) & (Identity.id != own.identity_id) & IdentitySource.enabled
    return bool(connection.execute(select(exists().where(other, IdentitySource.id == Identity.source_id))).scalar())
