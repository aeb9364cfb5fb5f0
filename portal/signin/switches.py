"""How is a switch thrown? All that are asked for or none, each with who did it, and never from a page that is out of date."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, insert, select, text, update

from portal import audit, clock
from portal.applications.register import NoSuchApplication
from portal.audit import Event, What
from portal.database import reading, writing
from portal.models import Application, Switch
from portal.models.switch import PORTAL
from portal.signin import standing
from portal.signin.rules import BINDING, OFF, ON, Binder, as_shipped, shipped, trust_of
from portal.signin.standing import SwitchUnknown, scope_of
from portal.sources import register as sources
from portal.trace import Actor, Client

__all__ = ["SwitchUnknown", "check", "scope_of", "turn"]
Changes = Mapping[tuple[str, str], str]


def turn(
    changes: Changes, client: Client, *, actor: Actor, own: Mapping[str, bool] | None = None,
    seen: Mapping[str, str] | None = None,
) -> int | None:
    """Throw switches, given as (scope, name) → value, all or none, each with its audit entry; returns how many changed.

    `own`: scope → whether that application has rules of its own or follows the global ones; it is set first.
    `seen`: scope → the version from which the changes were made; where one is another by now nothing is thrown: None.
    Raises SwitchUnknown or NoSuchApplication. They hold from the next request of every process, for each request reads the rows.
    """
    own, seen = own or {}, seen or {}
    with writing() as connection:
        _check(connection, changes)
        _one_at_a_time(connection, {scope for scope, _name in changes} | own.keys() | seen.keys())
        if any(standing.read(connection, scope).version != version for scope, version in seen.items()):
            return None
        customised = sum(_customise(connection, client, scope, on, actor) for scope, on in own.items())
        return customised + sum(_turn(connection, client, switch, value, actor) for switch, value in changes.items())


def check(changes: Changes) -> None:
    """Raises SwitchUnknown for a switch that is none, or a value that it cannot have."""
    with reading() as connection:
        _check(connection, changes)


def _check(connection: Connection, changes: Changes) -> None:
    known = sources.read(connection) if changes else ()
    of_portal = {*shipped(sources.keys(known)), *(trust_of(source.key) for source in known if source.is_outside)}
    own = standing.own(known)
    for (scope, name), value in changes.items():
        values = {Binder.USER.value, Binder.ADMINISTRATORS.value} if name == BINDING else {ON, OFF}
        if name not in (of_portal if scope == PORTAL else own) or value not in values:
            raise SwitchUnknown(f"{name} {value}")


def _one_at_a_time(connection: Connection, scopes: set[str]) -> None:
    """Whoever throws switches waits for whoever does; sign-ins only read them, and wait for nobody.

    SQLite has one writer anyway. On PostgreSQL there may be no row yet to lock, so it is the table; the applications first,
    in the order in which deleting one takes both.
    """
    ids = sorted(int(scope) for scope in scopes if scope != PORTAL)
    if ids:
        locked = select(Application.id).where(Application.id.in_(ids)).order_by(Application.id).with_for_update()
        if missing := set(ids) - set(connection.execute(locked).scalars()):
            raise NoSuchApplication(str(min(missing)), min(missing))
    if connection.dialect.name == "postgresql":
        connection.execute(text("LOCK TABLE switch IN SHARE ROW EXCLUSIVE MODE"))


def _turn(connection: Connection, client: Client, switch: tuple[str, str], value: str, actor: Actor) -> bool:
    scope, name = switch
    row = connection.execute(select(Switch.value).where(Switch.scope == scope, Switch.name == name)).first()
    before = row.value if row else _shipped(connection, scope, name)
    if before == value:
        return False
    facts = {"value": value, "previous": before, "changed_by": actor.name, "changed_at": clock.now()}
    if row is None:
        connection.execute(insert(Switch).values(scope=scope, name=name, **facts))
    else:
        connection.execute(update(Switch).where(Switch.scope == scope, Switch.name == name).values(**facts))
    detail = {"scope": scope, "switch": name, "before": before}
    audit.record(connection, client, Event(event=What.SWITCH_THROWN, outcome=value, actor=actor, detail=detail,
                                           application_id=None if scope == PORTAL else int(scope)))
    return True


def _shipped(connection: Connection, scope: str, name: str) -> str:
    inherited = connection.execute(select(Switch.value).where(Switch.scope == PORTAL, Switch.name == name)).scalar()
    return as_shipped(name) if scope == PORTAL or inherited is None else inherited


def _customise(connection: Connection, client: Client, scope: str, on: bool, actor: Actor) -> bool:
    """The first time an application's rules begin as a copy of the global ones, so that nothing changes by it; then they stay."""
    other = (Application.id == int(scope)) & Application.customises.is_not(on)
    changed = bool(connection.execute(update(Application).where(other).values(customises=on)).rowcount)
    if changed:
        audit.record(connection, client, Event(event=What.RULES_CUSTOMISED, outcome=ON if on else OFF, actor=actor,
                                               application_id=int(scope)))
    if on:
        _copy_global(connection, scope, actor)
    return changed


def _copy_global(connection: Connection, scope: str, actor: Actor) -> None:
    if connection.execute(select(Switch.name).where(Switch.scope == scope)).first():
        return
    rows = [{"scope": scope, "name": name, "value": _shipped(connection, scope, name), "previous": None,
             "changed_by": actor.name, "changed_at": clock.now()} for name in standing.own(sources.read(connection))]
    connection.execute(insert(Switch), rows)
