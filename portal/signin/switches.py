"""How does each switch stand, who threw it, and what will it do? Turning one, and saying who did it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, insert, select, update

from portal import audit, clock
from portal.audit import Event
from portal.database import reading, writing
from portal.models import Application, Switch
from portal.models.switch import PORTAL
from portal.signin.rules import BINDING, OFF, ON, SHIPPED, SMS, SOURCES, Binder
from portal.trace import Client


class SwitchUnknown(Exception):
    """There is no switch of that name, no such value, or no such application."""


@dataclass(frozen=True)
class Standing:
    """How one switch stands; who threw it last and when, if anybody did; what it was before."""

    scope: str
    name: str
    value: str
    previous: str | None = None
    changed_by: str | None = None
    changed_at: float | None = None


@dataclass(frozen=True)
class Scope:
    """Whose rules: the portal's, or those of one application, and whether they are in force there."""

    key: str
    title: str
    customises: bool
    switches: tuple[Standing, ...]


def standing() -> list[Scope]:
    """The portal's switches, then those of every application that customises its rules."""
    with reading() as connection:
        rows = {(row.scope, row.name): row for row in connection.execute(select(Switch.__table__))}
        customising = select(Application.id, Application.name).where(Application.customises)
        applications = connection.execute(customising.order_by(Application.name))
        scopes = [Scope(PORTAL, "", True, tuple(_standing(rows, PORTAL, name) for name in SHIPPED))]
        scopes += [Scope(str(a.id), a.name, True, tuple(_standing(rows, str(a.id), name) for name in OWN)) for a in applications]
    return scopes


OWN = (SMS, *(f"source:{name}" for name in SOURCES))
"""The switches that an application has of its own."""


def _standing(rows: dict[Any, Any], scope: str, name: str) -> Standing:
    row = rows.get((scope, name))
    if row is None:
        inherited = rows.get((PORTAL, name))
        return Standing(scope, name, inherited.value if inherited else SHIPPED[name])
    return Standing(scope, name, row.value, row.previous, row.changed_by, row.changed_at)


def turn(changes: dict[tuple[str, str], str], client: Client, *, actor: str) -> int:
    """Throw switches, given as (scope, name) → value, all or none, each with its audit entry; returns how many changed.

    Raises SwitchUnknown. They hold from the next request of every process, for each request reads the rows.
    """
    with writing() as connection:
        return sum(_turn(connection, client, switch, value, actor) for switch, value in changes.items())


def _turn(connection: Connection, client: Client, switch: tuple[str, str], value: str, actor: str) -> bool:
    scope, name = switch
    _known(scope, name, value)
    row = connection.execute(select(Switch.value).where(Switch.scope == scope, Switch.name == name)).first()
    before = row.value if row else _shipped(connection, scope, name)
    if before == value:
        return False
    facts = {"value": value, "previous": before, "changed_by": actor, "changed_at": clock.now()}
    if row is None:
        connection.execute(insert(Switch).values(scope=scope, name=name, **facts))
    else:
        connection.execute(update(Switch).where(Switch.scope == scope, Switch.name == name).values(**facts))
    audit.record(connection, client, Event(event="switch thrown", outcome=value, actor=actor,
                                           detail={"scope": scope, "switch": name, "before": before}))
    return True


def _shipped(connection: Connection, scope: str, name: str) -> str:
    inherited = connection.execute(select(Switch.value).where(Switch.scope == PORTAL, Switch.name == name)).scalar()
    return SHIPPED[name] if scope == PORTAL or inherited is None else inherited


def _known(scope: str, name: str, value: str) -> None:
    values = {Binder.USER.value, Binder.ADMINISTRATORS.value} if name == BINDING else {ON, OFF}
    if name not in (SHIPPED if scope == PORTAL else OWN) or value not in values:
        raise SwitchUnknown(f"{name} {value}")


def customise(name: str, client: Client, *, on: bool, actor: str) -> str:
    """Let an application have rules of its own, or follow the global ones again; returns its scope. Raises SwitchUnknown.

    The first time they begin as a copy of the global ones, so that nothing changes by it; switched back they are kept.
    """
    with writing() as connection:
        named = select(Application.id, Application.customises).where(Application.name == name).with_for_update()
        row = connection.execute(named).first()
        if row is None:
            raise SwitchUnknown(name)
        if on:
            _copy_global(connection, str(row.id), actor)
        if row.customises is not on:
            connection.execute(update(Application).where(Application.id == row.id).values(customises=on))
            outcome = ON if on else OFF
            audit.record(connection, client, Event(event="rules customised", outcome=outcome, actor=actor, application_id=row.id))
    return str(row.id)


def _copy_global(connection: Connection, scope: str, actor: str) -> None:
    if connection.execute(select(Switch.name).where(Switch.scope == scope)).first():
        return
    rows = [{"scope": scope, "name": name, "value": _shipped(connection, scope, name), "previous": None, "changed_by": actor,
             "changed_at": clock.now()} for name in OWN]
    connection.execute(insert(Switch), rows)
