"""How does a gateway come, change and go? Each in one transaction, with its entry in the audit log."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, insert, update
from sqlalchemy.exc import IntegrityError

from portal import boxes, clock, places
from portal.audit import What
from portal.audit.changes import Overtaken, Unfit, last_change
from portal.boxes import SecretUnreadable
from portal.extensions import settings
from portal.messages.routing import credentials
from portal.messages.routing.changing import NoSuchGateway, changing, tell
from portal.messages.routing.kinds import VONAGE, showing_secret
from portal.messages.routing.register import Gateway
from portal.messages.routing.routes import without
from portal.messages.routing.wanted import GOES_TO, LACKING, Asked, Flaw, flaws_of, free_name, is_name
from portal.models import MessageGateway
from portal.trace import Actor, Client

__all__ = ["NoSuchGateway", "add", "change", "differences", "enable", "move", "remove"]


def add(asked: Asked, client: Client, *, actor: Actor) -> int | Unfit[Flaw]:
    """Add a gateway behind all others, not in use yet; its id."""
    try:
        with changing() as now:
            name = asked.name or free_name(asked.kind, (gateway.name for gateway in now.before.gateways))
            by_environment = bool(credentials.of_environment(_as_gateway(asked, name), settings()))
            flaws = flaws_of(asked, by_environment=by_environment) + _elsewhere(asked, by_environment=by_environment)
            if flaws := flaws + (() if is_name(name) else (Flaw.NAME,)):
                return Unfit(flaws)
            columns = _columns(asked) | _sealed(asked.secrets) | {
                "kind": asked.kind, "name": name, "enabled": False, "created_at": clock.now(), "version": 1,
                "position": max((gateway.position for gateway in now.before.gateways), default=0) + 1}
            gateway_id = now.connection.execute(insert(MessageGateway).values(columns).returning(MessageGateway.id)).scalar_one()
            tell(now.connection, client, What.GATEWAY_ADDED, actor, gateway=name, name=asked.title, kind=asked.kind.value)
    except IntegrityError:
        return Unfit((Flaw.TAKEN,))
    return int(gateway_id)


def change(
    gateway_id: int, version: int, asked: Asked, client: Client, *, actor: Actor,
) -> bool | Unfit[Flaw] | Overtaken[Gateway]:
    """Make a gateway what is asked for, if it still is the one of that version; False if it is that already.

    Its name, its kind and whether it is in use stay what they are. Raises NoSuchGateway.
    """
    with changing() as now:
        before = now.gateway(gateway_id)
        if before.version != version:
            return Overtaken(before, last_change(now.connection, What.GATEWAY_CHANGED, gateway=before.name))
        kept = _kept(before, asked)
        if flaws := _flaws(before, asked, kept):
            return Unfit(flaws)
        changed = differences(before, asked)
        if changed:
            secrets = _sealed({**kept, **asked.secrets}) if asked.secrets or asked.forget else {}
            _write(now.connection, gateway_id, version=version + 1, **_columns(asked), **secrets)
            tell(now.connection, client, What.GATEWAY_CHANGED, actor, gateway=before.name, **changed)
    return bool(changed)


def enable(gateway_id: int, client: Client, *, on: bool, actor: Actor) -> bool:
    """Let messages go by a gateway, or none any more; whether that was a change. Raises NoSuchGateway."""
    with changing() as now:
        before = now.gateway(gateway_id)
        if before.enabled is on:
            return False
        _write(now.connection, gateway_id, enabled=on)
        tell(now.connection, client, What.GATEWAY_CHANGED, actor, gateway=before.name,
             enabled={"before": before.enabled, "after": on})
    return True


def move(gateway_id: int, client: Client, *, up: bool, actor: Actor) -> bool:
    """Put a gateway one place up or down, never before the environment's; whether it could go there. Raises NoSuchGateway."""
    with changing() as now:
        gateway = now.gateway(gateway_id)
        move = places.moved([each.id for each in now.before.gateways if not each.of_environment], gateway_id, up=up)
        if move is None:
            return False
        for position, each in enumerate(move.order, start=1):
            _write(now.connection, each, position=position)
        tell(now.connection, client, What.GATEWAY_CHANGED, actor, gateway=gateway.name, position=move.told)
    return True


def remove(gateway_id: int, client: Client, *, actor: Actor) -> None:
    """Delete a gateway with its credentials, and take it out of all rules. Raises NoSuchGateway."""
    with changing() as now:
        gone = now.gateway(gateway_id)
        touched = without(now, gone.name)
        now.connection.execute(delete(MessageGateway).where(MessageGateway.id == gateway_id))
        rules = {"rules": ", ".join(f"+{prefix}" for prefix in touched)} if touched else {}
        tell(now.connection, client, What.GATEWAY_DELETED, actor, gateway=gone.name, name=gone.title, **rules)


def differences(before: Gateway, asked: Asked) -> dict[str, Any]:
    """What is told of a change. Of settings and credentials the names alone: what an administrator types may be a secret."""
    was = {"name": before.title, "per_second": before.per_second, "sender": before.sender}
    now_ = {"name": asked.title, "per_second": asked.per_second, "sender": asked.sender}
    changed: dict[str, Any] = {name: {"before": was[name], "after": now_[name]} for name in was if was[name] != now_[name]}
    settings_ = [name for name in sorted({*before.settings, *asked.settings})
                 if before.settings.get(name) != asked.settings.get(name)]
    if settings_:
        changed["settings"] = ", ".join(settings_)
    if asked.secrets or asked.forget:
        changed["credentials"] = ", ".join(sorted(asked.secrets))
    return changed


def _kept(before: Gateway, asked: Asked) -> Mapping[str, str]:
    """What stays of the credentials that were entered before: nothing that cannot be read, nor that would go elsewhere."""
    if asked.forget or _moved(before, asked):
        return {}
    try:
        return credentials.entered(before)
    except SecretUnreadable:
        return {}


def _moved(before: Gateway, asked: Asked) -> Flaw | None:
    """A secret that nobody can read here must not be sent somewhere else either, only because an address was changed; nor to
    a phone, as words of a message, of which whoever describes the provider could make it a part.
    """
    if any(before.settings.get(name) != asked.settings.get(name) for name in GOES_TO[before.kind]):
        return Flaw.SECRET_ELSEWHERE
    return None if showing_secret(asked.settings) <= showing_secret(before.settings) else Flaw.SECRET_SHOWN


def _flaws(before: Gateway, asked: Asked, kept: Mapping[str, str]) -> tuple[Flaw, ...]:
    by_environment = bool(credentials.of_environment(before, settings()))
    flaws = flaws_of(asked, kept, by_environment=by_environment) + _elsewhere(asked, by_environment=by_environment)
    moved = _moved(before, asked)
    if before.sealed is None or by_environment or asked.secrets or asked.forget or moved is None:
        return flaws
    return (*(flaw for flaw in flaws if flaw not in LACKING), moved)


def _elsewhere(asked: Asked, *, by_environment: bool) -> tuple[Flaw, ...]:
    """What no administrator may read none may send for themselves."""
    vonage = asked.kind in VONAGE and by_environment
    return (Flaw.HOST_ELSEWHERE,) if vonage and not credentials.goes_to_vonage(asked.settings, settings()) else ()


def _columns(asked: Asked) -> dict[str, Any]:
    return {"title": asked.title, "per_second": asked.per_second, "sender": asked.sender, "settings": dict(asked.settings)}


def _sealed(secrets: Mapping[str, str]) -> dict[str, Any]:
    return boxes.sealed(json.dumps(dict(secrets))) if secrets else {"secret": None, "secret_key": None}


def _write(connection: Any, gateway_id: int, **columns: Any) -> None:
    connection.execute(update(MessageGateway).where(MessageGateway.id == gateway_id).values(columns))


def _as_gateway(asked: Asked, name: str) -> Gateway:
    return Gateway(id=-1, kind=asked.kind, name=name, title=asked.title, enabled=False, position=0, per_second=1,
                   sender=asked.sender, version=1, settings={})
