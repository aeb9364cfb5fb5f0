"""`flask portal gateway …`: the gateways from a terminal."""

from __future__ import annotations

import time
from typing import Any

import click
from flask.cli import AppGroup

from portal.cli.answer import fail, json_option, tell
from portal.cli.phone import number
from portal.extensions import settings
from portal.health import fitness
from portal.messages import guard, standing, trying
from portal.messages.allowances import Spent
from portal.messages.routing import credentials, upkeep
from portal.messages.routing.register import Gateway
from portal.models import MessageState
from portal.trace import COMMAND, COMMAND_ACTOR

group = AppGroup("gateway", help="Look after the gateways. A gateway is named by its name.")
_SECONDS = 8
_PAUSE = 0.25


@group.command("list")
@json_option
def list_gateways(*, as_json: bool) -> None:
    """List the gateways in their order."""
    gateways = [_told(gateway) for gateway in standing.fresh().gateways]
    tell(gateways, as_json, words=lambda all_: "\n".join(map(_line, all_)) or "There is none: nobody can get a code.")


@group.command("show")
@click.argument("gateway")
@json_option
def show(*, gateway: str, as_json: bool) -> None:
    """Show one gateway, but for its credentials and what may hold any."""
    found = _find(gateway)
    more = {"sender": found.sender, "per_second": found.per_second, "settings": sorted(found.settings)}
    tell(_told(found) | more, as_json, words=lambda each: "\n".join(f"{name:16} {value}" for name, value in each.items()))


@group.command("enable")
@click.argument("gateway")
def enable(*, gateway: str) -> None:
    """Let messages go by a gateway."""
    found = _find(gateway)
    origin = credentials.origin(found, settings())
    if not origin.usable:
        raise fail(f"Not enabled: its credentials are {origin.value}.")
    click.echo("Enabled." if _turn(found, on=True) else "It is enabled already.")


@group.command("disable")
@click.argument("gateway")
def disable(*, gateway: str) -> None:
    """Let no message go by a gateway any more."""
    changed = _turn(_find(gateway), on=False)
    click.echo("Disabled." if changed else "It is disabled already.")
    if not fitness.can_text(standing.fresh().gateways):
        click.echo("No gateway for text messages is enabled: nobody can get a code.", err=True)


@group.command("test")
@click.argument("gateway")
@click.argument("phone")
@click.option("--wait", is_flag=True, help="See for up to eight seconds what becomes of it.")
@json_option
def test(*, gateway: str, phone: str, wait: bool, as_json: bool) -> None:
    """Send a test message to PHONE by one gateway, enabled or not; the sender hands it over."""
    found, to = _find(gateway), number(phone)
    if refused := guard.refusal(to, standing.fresh().rules):
        raise fail(f"No message may go there: {refused.value}.")
    sent = trying.send(found, to, COMMAND, locale="en", actor=COMMAND_ACTOR)
    if isinstance(sent, Spent):
        raise fail(f"Not sent: the budget is used up for {sent.seconds:.0f} s.")
    tell(_outcome(sent, found, wait=wait), as_json, words=lambda each: " ".join(str(value) for value in each.values() if value))


def _outcome(message_id: int, gateway: Gateway, *, wait: bool) -> dict[str, Any]:
    end = time.monotonic() + _SECONDS
    while True:
        row = trying.outcome(message_id, gateway)
        state = row.state if row else MessageState.WAITING
        if not wait or state not in (MessageState.WAITING, MessageState.SENDING) or time.monotonic() > end:
            return {"message": message_id, "state": state.value, "reason": row.reason if row else None}
        time.sleep(_PAUSE)


def _turn(gateway: Gateway, *, on: bool) -> bool:
    if gateway.of_environment:
        raise fail("That gateway is set by the environment: PORTAL_GATEWAY.")
    return upkeep.enable(gateway.id, COMMAND, on=on, actor=COMMAND_ACTOR)


def _find(name: str) -> Gateway:
    found = standing.fresh().named(name)
    if found is None:
        raise fail(f"There is no gateway {name}.")
    return found


def _told(gateway: Gateway) -> dict[str, Any]:
    return {"id": gateway.id, "name": gateway.name, "title": gateway.title, "kind": gateway.kind.value,
            "enabled": gateway.enabled, "credentials": credentials.origin(gateway, settings()).value}


def _line(gateway: dict[str, Any]) -> str:
    state = "enabled" if gateway["enabled"] else "disabled"
    return f"{gateway['name']:20}{gateway['kind']:14}{state:10}{gateway['title']}  credentials: {gateway['credentials']}"
