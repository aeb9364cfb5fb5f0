"""How does an application come, change and go? Each in one transaction, with its entry in the audit log."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from portal import audit, clock
from portal.accounts import identifiers
from portal.applications import colours
from portal.applications.faults import ApplicationFault, readable_address, readable_name
from portal.applications.register import NoSuchApplication, Profile, profile
from portal.audit import Event, What
from portal.audit.changes import Overtaken, last_change
from portal.database import reading, writing
from portal.extensions import settings
from portal.keys import new_client_id
from portal.models import Application, AuditEntry, Switch, Wording
from portal.trace import Actor, Client


class ApplicationRefused(Exception):
    """An application cannot be created or changed as asked; `faults` say why, all of them."""

    def __init__(self, faults: Iterable[ApplicationFault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(self.faults))


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What an application shall be: as typed, the logo already redrawn. `drops_logo`: it shall have none."""

    name: str
    home_address: str = ""
    colour: str = ""
    logo: bytes | None = None
    drops_logo: bool = False


def faults_of(asked: Asked) -> list[ApplicationFault]:
    """All that can be said against it without looking at the other applications."""
    colour = colours.read(asked.colour)
    found = {
        ApplicationFault.NAME: readable_name(asked.name) is None,
        ApplicationFault.HOME_ADDRESS: bool(asked.home_address.strip()) and _address(asked) is None,
        ApplicationFault.COLOUR: bool(asked.colour.strip()) and colour is None,
        ApplicationFault.CONTRAST: colour is not None and not colours.fits(colour),
    }
    return [fault for fault, is_there in found.items() if is_there]


def create(asked: Asked, client: Client, *, actor: Actor) -> int:
    """Add an application and return its id. Raises ApplicationRefused."""
    columns = _columns(asked)
    with writing() as connection:
        facts = {"client_id": new_client_id(), "logo": asked.logo, "customises": False, "created_at": clock.now(), "version": 1}
        try:
            with connection.begin_nested():
                added = insert(Application).values(columns | facts).returning(Application.id)
                application_id = connection.execute(added).scalar_one()
        except IntegrityError:
            raise ApplicationRefused([ApplicationFault.TAKEN]) from None
        audit.record(connection, client, Event(event=What.APPLICATION_CREATED, actor=actor, application_id=application_id,
                                               detail={"name": columns["name"]}))
    return application_id


def change(application_id: int, version: int, asked: Asked, client: Client, *, actor: Actor) -> bool | Overtaken[Profile]:
    """Make an application what is asked for, if it still is the one of that version; False if it is that already.

    Raises ApplicationRefused and NoSuchApplication.
    """
    columns = _columns(asked)
    with writing() as connection:
        before = profile(connection, application_id)
        changed = {name: {"before": getattr(before, name), "after": columns[name]} for name in ("name", "home_address", "colour")
                   if getattr(before, name) != columns[name]}
        logo = _logo(asked, before)
        if before.version == version and not changed and not logo:
            return False
        if not _written(connection, application_id, version, columns | logo):
            return Overtaken(profile(connection, application_id), last_change(
                connection, What.APPLICATION_CHANGED, where=AuditEntry.application_id == application_id))
        detail = changed | ({"logo": "set" if logo["logo"] else "removed"} if logo else {})
        audit.record(connection, client, Event(event=What.APPLICATION_CHANGED, actor=actor, application_id=application_id,
                                               detail=detail))
    return True


def remove(application_id: int, client: Client, *, actor: Actor) -> None:
    """Delete an application with its own switches and wordings. Logins under way through it go on under the global rules.

    Raises NoSuchApplication.
    """
    with writing() as connection:
        gone = profile(connection, application_id)
        if not connection.execute(delete(Application).where(Application.id == application_id)).rowcount:
            raise NoSuchApplication(gone.name, application_id)
        for of_its_own in (Switch, Wording):
            connection.execute(delete(of_its_own).where(of_its_own.scope == str(application_id)))
        audit.record(connection, client, Event(event=What.APPLICATION_DELETED, actor=actor, application_id=application_id,
                                               detail={"name": gone.name, "client_id": gone.client_id}))


def deleted_at(application_id: int) -> float | None:
    """When an application was deleted; None for one that never was there, or still is."""
    with reading() as connection:
        of_it = (AuditEntry.application_id == application_id, AuditEntry.event == What.APPLICATION_DELETED)
        return connection.execute(select(AuditEntry.at).where(*of_it).order_by(AuditEntry.id.desc()).limit(1)).scalar()


def _address(asked: Asked) -> str | None:
    return readable_address(asked.home_address, local=not settings().production)


def _columns(asked: Asked) -> dict[str, Any]:
    if faults := faults_of(asked):
        raise ApplicationRefused(faults)
    name, colour = readable_name(asked.name) or "", colours.read(asked.colour)
    return {"name": name, "name_key": identifiers.fold(name), "home_address": _address(asked) or None,
            "colour": None if colour == colours.PORTAL_ACCENT else colour}


def _logo(asked: Asked, before: Profile) -> dict[str, bytes | None]:
    """What is written of the logo: nothing where it stays as it is."""
    if asked.logo is not None:
        return {"logo": asked.logo}
    return {"logo": None} if asked.drops_logo and before.has_logo else {}


def _written(connection: Connection, application_id: int, version: int, columns: dict[str, Any]) -> bool:
    this_one = (Application.id == application_id) & (Application.version == version)
    try:
        with connection.begin_nested():
            return connection.execute(update(Application).where(this_one).values(version=version + 1, **columns)).rowcount == 1
    except IntegrityError:
        raise ApplicationRefused([ApplicationFault.TAKEN]) from None
