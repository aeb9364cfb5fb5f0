"""How are the words of the message with a code changed? In one transaction, with its entry in the audit log."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.exc import IntegrityError

from portal import audit, clock
from portal.audit import Event, What
from portal.audit.changes import Overtaken, Unfit
from portal.database import reading, writing
from portal.messages import standing, wording
from portal.messages.wording import PORTAL, SHIPPED, Fault
from portal.messages.writing import frame
from portal.models import Application, Wording
from portal.models.columns import table
from portal.trace import Actor, Client


@dataclass(frozen=True, kw_only=True)
class Kept:
    """The words of a scope in one language as they are kept: none (`body` empty) if they were put back. Who changed them last."""

    body: str
    version: int
    changed_by: str | None = None
    changed_at: float | None = None


NEVER = Kept(body="", version=0)
"""Words that nobody has ever changed."""


@dataclass(frozen=True)
class Place:
    """Which words: those of the portal or, with its id, of an application, in one language."""

    application_id: int | None
    language: str

    @property
    def scope(self) -> str:
        """As the table names it."""
        return PORTAL if self.application_id is None else str(self.application_id)


def kept(place: Place) -> Kept:
    """The words of that place as they are kept."""
    with reading() as connection:
        return _kept(connection, place)


def passed_over() -> list[str]:
    """The names of the applications, and of the portal, whose words are not sent, for they don't fit any more."""
    with reading() as connection:
        rows = connection.execute(select(Wording.scope, Wording.language, Wording.body).where(Wording.body != "")).all()
        named = {(row.scope, row.language): _name(connection, _place(row.scope, row.language)) for row in rows}
    unfit = [named[row.scope, row.language] for row in rows
             if wording.faults(row.body, frame(row.language), named[row.scope, row.language])]
    return list(dict.fromkeys(unfit))


def _place(scope: str, language: str) -> Place:
    return Place(None if scope == PORTAL else int(scope), language)


def change(place: Place, typed: str, version: int, client: Client, *, actor: Actor) -> bool | Unfit[Fault] | Overtaken[Kept]:
    """Make the words what was typed, if they still are those of that version; False if they are that already.

    Nothing typed puts them back to those that hold without any; so does what these say word for word.
    """
    body = wording.neat(typed)
    with writing() as connection:
        before, without = _kept(connection, place), _without(connection, place)
        body = "" if body == without else body
        if body == before.body and version == before.version:
            return False
        if body and (faults := wording.faults(body, frame(place.language), _name(connection, place))):
            return Unfit(faults)
        if before.version != version or not _written(connection, place, body, version, actor):
            return Overtaken(_kept(connection, place))
        texts = {"before": before.body or without, "after": body or without}
        audit.record(connection, client, Event(event=What.WORDING_CHANGED, actor=actor, application_id=place.application_id,
                                               detail={"language": place.language, "text": texts}))
    standing.forget()
    return True


def _kept(connection: Connection, place: Place) -> Kept:
    row = connection.execute(
        select(Wording.body, Wording.version, Wording.changed_by, Wording.changed_at)
        .where(Wording.scope == place.scope, Wording.language == place.language)).first()
    return Kept(**row._mapping) if row else NEVER


def _without(connection: Connection, place: Place) -> str:
    """The words that hold where the place has none of its own."""
    if place.application_id is None:
        return SHIPPED[place.language]
    return parent(_kept(connection, Place(None, place.language)), place.language)


def parent(portal: Kept, language: str) -> str:
    """The words that an application follows which has none of its own: the portal's, as long as they are fit."""
    around = frame(language)
    fit = portal.body and not wording.faults(portal.body, around, around.portal)
    return portal.body if fit else SHIPPED[language]


def _name(connection: Connection, place: Place) -> str:
    """What is logged in to, by its name; an application that is gone is called like the portal, for nobody logs in to it."""
    named = select(Application.name).where(Application.id == place.application_id)
    return connection.execute(named).scalar() or frame(place.language).portal


def _written(connection: Connection, place: Place, body: str, version: int, actor: Actor) -> bool:
    """Whether the words were written: not if somebody else was quicker."""
    columns = {"body": body, "version": version + 1, "changed_by": actor.name, "changed_at": clock.now()}
    this_one = (Wording.scope == place.scope) & (Wording.language == place.language) & (Wording.version == version)
    if version:
        return connection.execute(update(Wording).where(this_one).values(columns)).rowcount == 1
    try:
        with connection.begin_nested():
            connection.execute(insert(table(Wording)), {"scope": place.scope, "language": place.language} | columns)
    except IntegrityError:
        return False
    return True
