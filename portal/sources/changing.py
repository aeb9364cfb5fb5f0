"""What does every change of an identity source have in common? One at a time, written down, and known at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select, update

from portal import audit
from portal.audit import Event, What
from portal.database import writing
from portal.models import IdentitySource
from portal.sources import register
from portal.sources.register import Source
from portal.trace import Actor, Client


class NoSuchSource(Exception):
    """There is no such source, or none any more."""


@dataclass(frozen=True)
class Changing:
    """A transaction in which sources change, and all of them in their order as they stood before."""

    connection: Connection
    sources: tuple[Source, ...]

    def named(self, source_id: int) -> Source:
        """The source of that id, in use or not. Raises NoSuchSource."""
        return _found(self.sources, source_id)


def find(source_id: int) -> Source:
    """The source of that id as it stands now, in use or not. Raises NoSuchSource."""
    return _found(register.fresh(), source_id)


def _found(sources: tuple[Source, ...], source_id: int) -> Source:
    found = next((source for source in sources if source.id == source_id), None)
    if found is None:
        raise NoSuchSource(source_id)
    return found


@contextmanager
def changing() -> Iterator[Changing]:
    """Whoever changes a source waits for whoever does: there are few, and their order and the first choice are of them all."""
    with writing() as connection:
        connection.execute(select(IdentitySource.id).order_by(IdentitySource.id).with_for_update()).all()
        yield Changing(connection, register.read(connection))
    register.forget()


def write(connection: Connection, source_id: int, **columns: Any) -> None:
    """Write these columns of a source."""
    connection.execute(update(IdentitySource).where(IdentitySource.id == source_id).values(columns))


def tell(connection: Connection, client: Client, what: What, actor: Actor, **detail: Any) -> None:
    """Write down what was done, and by whom."""
    audit.record(connection, client, Event(event=what, actor=actor, detail=detail))
