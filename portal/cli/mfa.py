"""`flask portal mfa`: the switches from a terminal; the way back in when a gateway is down."""

from __future__ import annotations

from typing import Any

import click
from flask.cli import with_appcontext

from portal.cli.answer import fail, json_option, tell
from portal.models.switch import PORTAL
from portal.signin import standing, switches
from portal.signin.rules import ADMINISTRATORS, BINDING, OFF, ON, SMS, Binder, switch_of, trust_of
from portal.signin.switches import SwitchUnknown
from portal.trace import COMMAND, COMMAND_ACTOR

_on_off = click.Choice([ON, OFF])


@click.command("mfa")
@click.option("--global", "everywhere", type=_on_off, help="The SMS switch of the portal.")
@click.option("--source", nargs=2, type=(str, _on_off), multiple=True, metavar="NAME on|off",
              help="An identity source's switch, by the source's key: password, scan, oidc:google.")
@click.option("--trust", nargs=2, type=(str, _on_off), multiple=True, metavar="NAME on|off",
              help="Whether an outside source's word is taken for a second factor that was given there.")
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
        changes, own = _application_changes(asked)
        switches.turn(_portal_changes(asked) | changes, COMMAND, actor=COMMAND_ACTOR, own=own)
    except SwitchUnknown as unknown:
        raise fail(f"There is no such switch, value or application: {unknown}.") from None
    tell(_standing(), as_json, words=_words)


def _portal_changes(asked: dict[str, Any]) -> dict[tuple[str, str], str]:
    named = {SMS: asked["everywhere"], ADMINISTRATORS: asked["administrators"], BINDING: asked["binding"]}
    sources = {switch_of(name): value for name, value in asked["source"]}
    trusts = {trust_of(name): value for name, value in asked["trust"]}
    return {(PORTAL, name): value for name, value in (named | sources | trusts).items() if value}


def _application_changes(asked: dict[str, Any]) -> tuple[dict[tuple[str, str], str], dict[str, bool]]:
    """What to throw, and which application has rules of its own: one that gets a switch of its own does from then on."""
    sms = {switches.scope_of(name): value for name, value in asked["application"]}
    sources = {(switches.scope_of(name), switch_of(source)): value for name, source, value in asked["application_source"]}
    own = {scope: True for scope, _name in sources} | {scope: value != "inherit" for scope, value in sms.items()}
    return {(scope, SMS): value for scope, value in sms.items() if value != "inherit"} | sources, own


def _standing() -> dict[str, Any]:
    portal, *applications = standing.everywhere()
    return {
        **portal.values,
        **{trust_of(source.key): ON for source in portal.trusted},
        "applications": {scope.title: scope.values for scope in applications},
    }


def _words(standing: dict[str, Any]) -> str:
    lines = [f"{name:24} {value}" for name, value in standing.items() if name != "applications"]
    for title, own in standing["applications"].items():
        lines += [f"{title}: {name:20} {value}" for name, value in own.items()]
    return "\n".join(lines)
