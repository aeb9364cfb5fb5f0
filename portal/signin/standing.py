"""How does each switch stand, and who threw it last?"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, select

from portal.applications.register import NoSuchApplication
from portal.database import reading
from portal.models import Application, Switch
from portal.models.switch import PORTAL
from portal.signin.rules import OFF, ON, SMS, as_shipped, shipped, switch_of, trust_of
from portal.sources import register as sources
from portal.sources.register import Source

Rows = Mapping[tuple[str, str], Row[Any]]


def own(known: Sequence[Source]) -> tuple[str, ...]:
    """The names of the switches that an application has of its own: the SMS switch, and one for each source in use."""
    return (SMS, *map(switch_of, sources.keys(known)))


class SwitchUnknown(Exception):
    """There is no switch of that name, no such value, or no application of that name."""


@dataclass(frozen=True)
class Standing:
    """How one switch stands; who threw it last and when, if anybody did; what it was before."""

    scope: str
    name: str
    value: str
    previous: str | None = None
    changed_by: str | None = None
    changed_at: float | None = None


@dataclass(frozen=True, kw_only=True)
class Scope:
    """The switches of the portal, whose title is empty, or of one application.

    `customises`: whether they are in force there. `kept`: whether they exist; those of an application that never had any
    are shown as the copy of the portal's that they would begin as. `trusted`: the outside sources in use whose word is taken
    for a second factor, there as everywhere.
    """

    key: str
    title: str
    customises: bool
    kept: bool
    switches: tuple[Standing, ...]
    trusted: tuple[Source, ...]

    @property
    def values(self) -> dict[str, str]:
        """How each switch stands, by its name."""
        return {standing.name: standing.value for standing in self.switches}

    @property
    def version(self) -> str:
        """All of it in one line, so that a form made from another state is not applied blindly."""
        own = {"customises": ON if self.customises else OFF} | self.values
        return ",".join(f"{name}={value}" for name, value in own.items())

    @property
    def is_portal(self) -> bool:
        """Whether these are the global ones."""
        return self.key == PORTAL


def of(key: str = PORTAL) -> Scope:
    """The switches of the portal, or of the application whose id this is in digits. Raises NoSuchApplication."""
    with reading() as connection:
        return read(connection, key)


def read(connection: Connection, key: str) -> Scope:
    """The same, in the caller's transaction."""
    rows, known = switch_rows(connection, {PORTAL, key}), sources.read(connection)
    if key == PORTAL:
        return _portal(rows, known)
    asked = select(Application.id, Application.name, Application.customises).where(Application.id == int(key))
    found = connection.execute(asked).first()
    if found is None:
        raise NoSuchApplication(key, int(key))
    return _application(rows, found, known)


def value(connection: Connection, name: str) -> str:
    """How one of the portal's switches stands."""
    found = connection.execute(select(Switch.value).where(Switch.scope == PORTAL, Switch.name == name)).scalar()
    return as_shipped(name) if found is None else str(found)


def trusts(keys: Iterable[str]) -> dict[str, Standing]:
    """How the switches stand by which the word of these outside sources is taken for a second factor, by their keys."""
    with reading() as connection:
        rows = switch_rows(connection, {PORTAL})
    return {key: _standing(rows, PORTAL, trust_of(key)) for key in keys}


def everywhere() -> list[Scope]:
    """The portal's switches, then those of every application that customises its rules, by name: for commands, not for pages."""
    with reading() as connection:
        rows = {(row.scope, row.name): row for row in connection.execute(select(Switch.__table__))}
        asked = select(Application.id, Application.name, Application.customises).where(Application.customises)
        applications = connection.execute(asked.order_by(Application.name)).all()
        known = sources.read(connection)
    return [_portal(rows, known), *(_application(rows, found, known) for found in applications)]


def scope_of(name: str) -> str:
    """The scope of the application of that name. Raises SwitchUnknown."""
    with reading() as connection:
        found = connection.execute(select(Application.id).where(Application.name == name)).scalar()
    if found is None:
        raise SwitchUnknown(name)
    return str(found)


def switch_rows(connection: Connection, scopes: Collection[str]) -> dict[tuple[str, str], Row[Any]]:
    """The rows of the switches of these scopes that were ever thrown, by scope and name."""
    found: Iterable[Row[Any]] = connection.execute(select(Switch.__table__).where(Switch.scope.in_(scopes)))
    return {(row.scope, row.name): row for row in found}


def _portal(rows: Rows, known: Sequence[Source]) -> Scope:
    switches = tuple(_standing(rows, PORTAL, name) for name in shipped(sources.keys(known)))
    return Scope(key=PORTAL, title="", customises=True, kept=True, switches=switches, trusted=_trusted(rows, known))


def _application(rows: Rows, found: Any, known: Sequence[Source]) -> Scope:
    key, names = str(found.id), own(known)
    switches = tuple(_standing(rows, key, name) for name in names)
    return Scope(key=key, title=found.name, customises=found.customises, switches=switches,
                 kept=any((key, name) in rows for name in names), trusted=_trusted(rows, known))


def _trusted(rows: Rows, known: Sequence[Source]) -> tuple[Source, ...]:
    outside = (source for source in known if source.enabled and source.is_outside)
    return tuple(source for source in outside if _standing(rows, PORTAL, trust_of(source.key)).value == ON)


def _standing(rows: Rows, scope: str, name: str) -> Standing:
    row = rows.get((scope, name))
    if row is None:
        # Also of a source that came after an application began its own rules: it stands as in the global ones.
        inherited = rows.get((PORTAL, name))
        return Standing(scope, name, inherited.value if inherited else as_shipped(name))
    return Standing(scope, name, row.value, row.previous, row.changed_by, row.changed_at)
