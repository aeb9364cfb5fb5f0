"""`flask portal mfa`: the switches from a terminal; the way back in when a gateway is down."""

from __future__ import annotations

from typing import Any

import click
from flask.cli import with_appcontext

from portal.cli.answer import fail, json_option, tell
from portal.models.switch import PORTAL
from portal.signin import switches
from portal.signin.rules import ADMINISTRATORS, BINDING, OFF, ON, SMS, Binder
from portal.signin.switches import SwitchUnknown
from portal.trace import COMMAND

_ACTOR = "command"
_on_off = click.Choice([ON, OFF])


@click.command("mfa")
@click.option("--global", "everywhere", type=_on_off, help="The SMS switch of the portal.")
@click.option("--source", nargs=2, type=(str, _on_off), multiple=True, metavar="NAME on|off",
              help="An identity source's switch.")
@click.option("--administrators", type=_on_off, help="Administrators are always asked.")
@click.option("--binding", type=click.Choice([who.value for who in Binder]), help="Who may bind a number.")
@click.option("--application", nargs=2, type=(str, click.Choice([ON, OFF, "inherit"])), multiple=True,
              metavar="NAME on|off|inherit", help="An application's own SMS switch, or none of its own.")
@click.option("--application-source", nargs=3, type=(str, str, _on_off), multiple=True, metavar="NAME SOURCE on|off",
              help="An application's own switch of an identity source.")
@json_option
@with_appcontext
def mfa(*, as_json: bool, **asked: Any) -> None:
    """Throw switches, if any are named, and print how all of them stand."""
    try:
        changes = _portal_changes(asked) | _application_changes(asked)
        switches.turn(changes, COMMAND, actor=_ACTOR)
    except SwitchUnknown as unknown:
        raise fail(f"There is no such switch, value or application: {unknown}.") from None
    tell(_standing(), as_json, words=_words)


def _portal_changes(asked: dict[str, Any]) -> dict[tuple[str, str], str]:
    named = {SMS: asked["everywhere"], ADMINISTRATORS: asked["administrators"], BINDING: asked["binding"]}
    sources = {f"source:{name}": value for name, value in asked["source"]}
    return {(PORTAL, name): value for name, value in (named | sources).items() if value}


def _application_changes(asked: dict[str, Any]) -> dict[tuple[str, str], str]:
    """An application that gets a switch of its own customises its rules from then on."""
    changes: dict[tuple[str, str], str] = {}
    for name, value in asked["application"]:
        scope = switches.customise(name, COMMAND, on=value != "inherit", actor=_ACTOR)
        if value != "inherit":
            changes[(scope, SMS)] = value
    for name, source, value in asked["application_source"]:
        changes[(switches.customise(name, COMMAND, on=True, actor=_ACTOR), f"source:{source}")] = value
    return changes


def _standing() -> dict[str, Any]:
    portal, *applications = switches.standing()
    return {
        **{standing.name: standing.value for standing in portal.switches},
        "applications": {scope.title: {s.name: s.value for s in scope.switches} for scope in applications},
    }


def _words(standing: dict[str, Any]) -> str:
    lines = [f"{name:24} {value}" for name, value in standing.items() if name != "applications"]
    for title, own in standing["applications"].items():
        lines += [f"{title}: {name:20} {value}" for name, value in own.items()]
    return "\n".join(lines)
