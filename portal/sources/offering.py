"""Which identity sources does an application not offer, and how is that changed?"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, select, update

from portal import audit
from portal.applications.register import NoSuchApplication
from portal.audit import Event, What
from portal.database import reading, writing
from portal.models import Application
from portal.sources import register
from portal.trace import Actor, Client


class NoneLeft(Exception):
    """Nobody could come in through the application any more."""


def hidden(application_id: int) -> tuple[str, ...]:
    """The keys of the sources that it hides, in their order. Raises NoSuchApplication."""
    with reading() as connection:
        return _read(connection, application_id)


def hide(application_id: int, keys: Collection[str], client: Client, *, seen: Collection[str], actor: Actor) -> bool | None:
    """Hide these sources there and offer all others; whether that was a change.

    None, and nothing is written, where others are hidden by now than those that were `seen`. Keys of no source are passed
    over. Raises NoneLeft where no source in use is left, and NoSuchApplication.
    """
    with writing() as connection:
        before = _read(connection, application_id, lock=True)
        if set(before) != set(seen):
            return None
        known = register.read(connection)
        after = [source.key for source in known if source.key in keys]
        if not set(register.keys(known)) - set(after):
            raise NoneLeft
        if after == list(before):
            return False
        _write(connection, application_id, after)
        detail = {"hidden": {"before": ", ".join(before), "after": ", ".join(after)}}
        audit.record(connection, client, Event(event=What.APPLICATION_CHANGED, actor=actor, application_id=application_id,
                                               detail=detail))
    return True


def forget(connection: Connection, key: str) -> None:
    """No application hides that source any more, for it is gone: one of the same name may come and is another."""
    hiding = select(Application.id, Application.hidden_sources).where(Application.hidden_sources.is_not(None))
    for row in connection.execute(hiding.order_by(Application.id).with_for_update()).all():
        if key in row.hidden_sources:
            _write(connection, row.id, [each for each in row.hidden_sources if each != key])


def _read(connection: Connection, application_id: int, *, lock: bool = False) -> tuple[str, ...]:
    asked = select(Application.hidden_sources).where(Application.id == application_id)
    row = connection.execute(asked.with_for_update() if lock else asked).first()
    if row is None:
        raise NoSuchApplication(str(application_id), application_id)
    return tuple(row.hidden_sources or ())


def _write(connection: Connection, application_id: int, keys: list[str]) -> None:
    connection.execute(update(Application).where(Application.id == application_id).values(hidden_sources=keys or None))
