"""With whom at outside sources are users linked? By issuer and subject alone; nobody's last way in is taken."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, delete, exists, insert, select
from sqlalchemy.exc import IntegrityError

from portal import audit, clock
from portal.audit import Event, What
from portal.database import reading
from portal.models import Identity, IdentitySource, User
from portal.sources.claims import Claimed
from portal.sources.register import Source
from portal.trace import Actor, Client


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


def in_use(connection: Connection, source: Source) -> bool:
    """Whether the source is there and enabled now, whatever was read of it a moment ago."""
    return bool(connection.execute(select(IdentitySource.enabled).where(IdentitySource.id == source.id)).scalar())


def is_of(source_id: int, claimed: Claimed) -> tuple[Any, ...]:
    """The condition on the one row that is whom the source tells of."""
    return Identity.source_id == source_id, Identity.issuer == claimed.issuer, Identity.subject == claimed.subject


def link(connection: Connection, link: Link, client: Client, actor: Actor) -> Linking:
    """Link a user with whom a source tells of, in the caller's transaction."""
    source, claimed = link.source, link.claimed
    if not in_use(connection, source):
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
    owner = connection.execute(select(Identity.user_id).where(*is_of(link.source.id, link.claimed))).scalar()
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
