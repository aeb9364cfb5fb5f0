"""How does each switch stand, and who threw it last? Turning one, and saying who did it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from portal import audit, clock
from portal.audit import Event, What
from portal.database import reading, writing
from portal.models import Application, Switch
from portal.models.switch import PORTAL
from portal.signin.rules import BINDING, OFF, ON, SHIPPED, SMS, SOURCES, Binder, switch_of
from portal.trace import Actor, Client

OWN = (SMS, *map(switch_of, SOURCES))
"""The switches that an application has of its own."""


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
    """Whose rules are in force somewhere: the portal's, whose title is empty, or those of one application."""

    title: str
    switches: tuple[Standing, ...]


def standing() -> list[Scope]:
    """The portal's switches, then those of every application that customises its rules."""
    with reading() as connection:
        rows = {(row.scope, row.name): row for row in connection.execute(select(Switch.__table__))}
        customising = select(Application.id, Application.name).where(Application.customises)
        applications = connection.execute(customising.order_by(Application.name))
        scopes = [Scope("", tuple(_standing(rows, PORTAL, name) for name in SHIPPED))]
        scopes += [Scope(a.name, tuple(_standing(rows, str(a.id), name) for name in OWN)) for a in applications]
    return scopes


def _standing(rows: dict[tuple[str, str], Row[Any]], scope: str, name: str) -> Standing:
    row = rows.get((scope, name))
    if row is None:
        inherited = rows.get((PORTAL, name))
        return Standing(scope, name, inherited.value if inherited else SHIPPED[name])
    return Standing(scope, name, row.value, row.previous, row.changed_by, row.changed_at)


def turn(changes: dict[tuple[str, str], str], client: Client, *, actor: Actor, own: Mapping[str, bool] | None = None) -> int:
    """Throw switches, given as (scope, name) → value, all or none, each with its audit entry; returns how many changed.

    `own`: scope → whether that application has rules of its own or follows the global ones; it is set first.
    Raises SwitchUnknown. They hold from the next request of every process, for each request reads the rows.
    """
    with writing() as connection:
        for scope, on in (own or {}).items():
            _customise(connection, client, scope, on, actor)
        return sum(_turn(connection, client, switch, value, actor) for switch, value in changes.items())


def _turn(connection: Connection, client: Client, switch: tuple[str, str], value: str, actor: Actor) -> bool:
    scope, name = switch
    _known(scope, name, value)
    row = connection.execute(select(Switch.value).where(Switch.scope == scope, Switch.name == name)).first()
    before = row.value if row else _shipped(connection, scope, name)
    if before == value:
        return False
    facts = {"value": value, "previous": before, "changed_by": actor.name, "changed_at": clock.now()}
    if row is None:
        connection.execute(insert(Switch).values(scope=scope, name=name, **facts))
    else:
        connection.execute(update(Switch).where(Switch.scope == scope, Switch.name == name).values(**facts))
    audit.record(connection, client, Event(event=What.SWITCH_THROWN, outcome=value, actor=actor,
                                           detail={"scope": scope, "switch": name, "before": before}))
    return True


def _shipped(connection: Connection, scope: str, name: str) -> str:
    inherited = connection.execute(select(Switch.value).where(Switch.scope == PORTAL, Switch.name == name)).scalar()
    return SHIPPED[name] if scope == PORTAL or inherited is None else inherited


def _known(scope: str, name: str, value: str) -> None:
    values = {Binder.USER.value, Binder.ADMINISTRATORS.value} if name == BINDING else {ON, OFF}
    if name not in (SHIPPED if scope == PORTAL else OWN) or value not in values:
        raise SwitchUnknown(f"{name} {value}")


def scope_of(name: str) -> str:
    """The scope of the application of that name. Raises SwitchUnknown."""
    with reading() as connection:
        found = connection.execute(select(Application.id).where(Application.name == name)).scalar()
    if found is None:
        raise SwitchUnknown(name)
    return str(found)


def _customise(connection: Connection, client: Client, scope: str, on: bool, actor: Actor) -> None:
    """The first time an application's rules begin as a copy of the global ones, so that nothing changes by it; then they stay."""
    other = (Application.id == int(scope)) & Application.customises.is_not(on)
    if connection.execute(update(Application).where(other).values(customises=on)).rowcount:
        audit.record(connection, client, Event(event=What.RULES_CUSTOMISED, outcome=ON if on else OFF, actor=actor,
                                               application_id=int(scope)))
    if on:
        _copy_global(connection, scope, actor)


def _copy_global(connection: Connection, scope: str, actor: Actor) -> None:
    if connection.execute(select(Switch.name).where(Switch.scope == scope)).first():
        return
    rows = [{"scope": scope, "name": name, "value": _shipped(connection, scope, name), "previous": None,
             "changed_by": actor.name, "changed_at": clock.now()} for name in OWN]
    connection.execute(insert(Switch), rows)
