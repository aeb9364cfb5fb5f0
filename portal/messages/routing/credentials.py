"""With what does a gateway say who we are? The environment's word goes before what an administrator has entered."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from enum import StrEnum
from typing import Any

from sqlalchemy import select, update

from config import Settings
from portal import addresses, boxes
from portal.boxes import SecretUnreadable
from portal.database import writing
from portal.extensions import key_ring
from portal.messages.routing.kinds import VONAGE, suffices
from portal.messages.routing.register import Gateway
from portal.models import MessageGateway

_OF_VONAGE = re.compile(r"(?:[a-z0-9-]+\.)+(?:vonage|nexmo)\.com(?::443)?", re.IGNORECASE)


class Origin(StrEnum):
    """Where the credentials of a gateway come from; `none`: it needs none, and has none."""

    ENVIRONMENT = "environment"
    ENTERED = "entered"
    NONE = "none"
    MISSING = "missing"
    UNREADABLE = "unreadable"

    @property
    def usable(self) -> bool:
        """Whether the gateway can send as it is."""
        return self not in (Origin.MISSING, Origin.UNREADABLE)


def of(gateway: Gateway, settings: Settings) -> Mapping[str, str]:
    """Its credentials by their names in `kinds.CREDENTIALS`, without those that it has none of. Raises SecretUnreadable."""
    return of_environment(gateway, settings) or entered(gateway)


def entered(gateway: Gateway) -> Mapping[str, str]:
    """Those that an administrator has entered for it. Raises SecretUnreadable."""
    if gateway.sealed is None or gateway.sealed_by is None:
        return {}
    kept: dict[str, str] = json.loads(boxes.opened(gateway.sealed, gateway.sealed_by))
    return kept


def names(gateway: Gateway) -> list[str]:
    """The names of those that an administrator has entered; none that cannot be read."""
    try:
        return sorted(entered(gateway))
    except SecretUnreadable:
        return []


def of_environment(gateway: Gateway, settings: Settings) -> Mapping[str, str]:
    """Those that the environment has for it, which then are all it uses. Those of Vonage are for Vonage: a gateway that an
    administrator has led to another host has its own, or none.
    """
    if gateway.kind not in VONAGE:
        secret = settings.portal_gateway_secrets.get(gateway.name, "")
        return {"secret": secret} if secret else {}
    named = settings.vonage_api_key or settings.vonage_application_id
    if not named or not goes_to_vonage(gateway.settings, settings):
        return {}
    said = {
        "api_key": settings.vonage_api_key, "api_secret": settings.vonage_api_secret,
        "application_id": settings.vonage_application_id, "private_key": settings.vonage_private_key,
        "signature_secret": settings.vonage_signature_secret,
    }
    return {name: value for name, value in said.items() if value}


def goes_to_vonage(described: Mapping[str, Any], settings: Settings) -> bool:
    """Whether a gateway of Vonage's, so described, calls Vonage's hosts alone, or those that the environment names."""
    ours = {settings.vonage_api_host, settings.vonage_rest_host, ""}
    hosts = {described.get(name, "") for name in ("api_host", "rest_host")} - ours
    return all(_OF_VONAGE.fullmatch(host) or _is_at_hand(host, settings) for host in hosts)


def _is_at_hand(host: str, settings: Settings) -> bool:
    parts = addresses.parts_of(f"https://{host}")
    return not settings.production and parts is not None and addresses.is_loopback(parts)


def origin(gateway: Gateway, settings: Settings) -> Origin:
    """Where the credentials of this gateway come from, and whether they are there."""
    said = of_environment(gateway, settings)
    try:
        known = said or entered(gateway)
    except SecretUnreadable:
        return Origin.UNREADABLE
    if not suffices(gateway.kind, known, gateway.settings):
        return Origin.MISSING
    return Origin.ENVIRONMENT if said else Origin.ENTERED if known else Origin.NONE


def renew() -> int:
    """Seal anew, under the key of today, what was sealed under the one before; how many. What cannot be read stays as it is."""
    asked = select(MessageGateway.id, MessageGateway.secret, MessageGateway.secret_key)
    kept = asked.where(MessageGateway.secret.is_not(None), MessageGateway.secret_key != key_ring().box.name)
    count = 0
    with writing() as connection:
        for row in connection.execute(kept.order_by(MessageGateway.id).with_for_update()).all():
            with suppress(SecretUnreadable):
                columns = boxes.sealed(boxes.opened(row.secret, row.secret_key))
                connection.execute(update(MessageGateway).where(MessageGateway.id == row.id).values(columns))
                count += 1
    return count
