"""How many accounts at a source are linked with users here, and who of them could not come in otherwise?"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Select, exists, select
from sqlalchemy.orm import aliased

from portal import keyset
from portal.database import reading
from portal.keyset import Count
from portal.models import Identity, IdentitySource, User


def people(source_id: int) -> Count:
    """How many are linked with it, up to where counting stops."""
    with reading() as connection:
        return counted(connection, source_id)


def counted(connection: Connection, source_id: int) -> Count:
    """The same, in the caller's transaction."""
    return keyset.count(connection, _linked(source_id))


def without_another_way(source_id: int) -> Count:
    """How many of them have neither a password nor another source that is in use; of many, as far as people are counted."""
    some = _linked(source_id).limit(keyset.COUNTED).subquery()
    other = aliased(Identity)
    elsewhere = exists().where(other.user_id == some.c.user_id, other.source_id != source_id,
                               IdentitySource.id == other.source_id, IdentitySource.enabled)
    alone = select(User.id).join(some, User.id == some.c.user_id).where(User.password_hash.is_(None), ~elsewhere).distinct()
    with reading() as connection:
        return keyset.count(connection, alone)


def _linked(source_id: int) -> Select[Any]:
    return select(Identity.user_id).where(Identity.source_id == source_id)
