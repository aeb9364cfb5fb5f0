"""How do the switches stand? From their rows to the rules in force; whatever cannot be read asks for a code."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, String, cast, or_

from portal.models import Application, Switch
from portal.models.switch import OF_SOURCE, PORTAL, TRUST
from portal.signin.policy import Decision, Demand, Device, Person, Rules, decide

SMS = "sms"
ADMINISTRATORS = "administrators"
BINDING = "binding"
ON, OFF = "on", "off"


def switch_of(source: str) -> str:
    """The name of an identity source's switch."""
    return OF_SOURCE + source


def source_of(switch: str) -> str | None:
    """The identity source that the switch of this name is for; None for every other switch."""
    return switch.removeprefix(OF_SOURCE) if switch.startswith(OF_SOURCE) else None


def trust_of(source: str) -> str:
    """The name of the switch by which the word of an outside source is taken for a second factor that was given there."""
    return TRUST + source


def trusted_by(switch: str) -> str | None:
    """The source that the switch of this name trusts; None for every other switch."""
    return switch.removeprefix(TRUST) if switch.startswith(TRUST) else None


class Binder(StrEnum):
    """Who may bind a phone number."""

    USER = "user"
    ADMINISTRATORS = "administrators"


SHIPPED = {SMS: ON, ADMINISTRATORS: ON, BINDING: Binder.USER.value}
"""How each switch that belongs to no source stands until it is first thrown."""


def shipped(sources: Iterable[str]) -> dict[str, str]:
    """How each switch of the policy's pages stands until it is first thrown, with those of these sources."""
    return SHIPPED | {switch_of(source): ON for source in sources}


def as_shipped(switch: str) -> str:
    """How the switch of that name stands until it is first thrown. No source is trusted, and each is asked for a code."""
    return SHIPPED.get(switch, OFF if trusted_by(switch) else ON)


@dataclass(frozen=True)
class InForce:
    """The rules in force for one entrance, and who may bind a number."""

    rules: Rules
    binder: Binder


COLUMNS = (Switch.scope, Switch.name.label("switch"), Switch.value)
"""What is read of a switch, under names that no user or application beside it in a row has too."""


def of_sign_in(application: Any) -> ColumnElement[bool]:
    """Which switch rows an entrance needs: the portal's and, of an application that customises, its own."""
    return or_(Switch.scope == PORTAL, (Switch.scope == cast(application, String(32))) & Application.customises.is_(True))


def in_force(rows: Iterable[Any]) -> InForce:
    """The rules that follow from the switch rows of one entrance.

    Anything but a plain `off` counts as on, and trust only a plain `on`: a value that cannot be understood asks for a code.
    """
    by_scope: dict[str, dict[str, str]] = {}
    for row in rows:
        if row.scope is not None:
            by_scope.setdefault(row.scope, {})[row.switch] = row.value
    portal = SHIPPED | by_scope.pop(PORTAL, {})
    own = next(iter(by_scope.values()), None)
    return InForce(rules_of(own or {}, portal=portal), binder_of(portal))


def binder_of(portal: Mapping[str, str]) -> Binder:
    """Who may bind a number, by the portal's switches."""
    return Binder.USER if portal[BINDING] == Binder.USER else Binder.ADMINISTRATORS


def rules_of(own: Mapping[str, str], *, portal: Mapping[str, str]) -> Rules:
    """The rules that follow from switches as they stand: an application's own, if it has any, over all of the portal's.

    Which source is trusted, and whether administrators are always asked, is for the portal alone to say.
    """
    values = {**portal, **own}
    sources = {source: value != OFF for name, value in values.items() if (source := source_of(name))}
    trusted = frozenset(source for name, value in portal.items() if value == ON and (source := trusted_by(name)))
    return Rules(sms=values[SMS] != OFF, sources=sources, administrators_always=portal[ADMINISTRATORS] != OFF, trusted=trusted)


def decisions(values: Mapping[str, str]) -> dict[str, Decision]:
    """What the policy says to a person without a role, a bypass or a trusted device, by source, where switches stand like this.

    `values`: the portal's switches, one for each source among them, with an application's own over them.
    """
    rules = rules_of({}, portal=values)
    return {source: decide(rules, source=source, person=Person(), device=Device(), demand=Demand()) for source in rules.sources}


def asked(values: Mapping[str, str]) -> frozenset[str]:
    """The sources whose logins are asked for a code where switches stand like this."""
    return frozenset(source for source, decision in decisions(values).items() if decision.required)
