"""With what does a gateway say who we are? The environment's word goes before what an administrator has entered."""

from __future__ import annotations

import json
from collections.abc import Mapping

from config import Settings
from portal import boxes
from portal.messages.routing.kinds import VONAGE
from portal.messages.routing.register import Gateway


def of(gateway: Gateway, settings: Settings) -> Mapping[str, str]:
    """Its credentials by their names in `kinds.CREDENTIALS`, without those that it has none of. Raises SecretUnreadable."""
    return of_environment(gateway, settings) or entered(gateway)


def entered(gateway: Gateway) -> Mapping[str, str]:
    """Those that an administrator has entered for it. Raises SecretUnreadable."""
    if gateway.sealed is None or gateway.sealed_by is None:
        return {}
    kept: dict[str, str] = json.loads(boxes.opened(gateway.sealed, gateway.sealed_by))
    return kept


def of_environment(gateway: Gateway, settings: Settings) -> Mapping[str, str]:
    """Those that the environment has for it, which then are all it uses."""
    if gateway.kind not in VONAGE:
        secret = settings.portal_gateway_secrets.get(gateway.name, "")
        return {"secret": secret} if secret else {}
    if not settings.vonage_api_key and not settings.vonage_application_id:
        return {}
    said = {
        "api_key": settings.vonage_api_key, "api_secret": settings.vonage_api_secret,
        "application_id": settings.vonage_application_id, "private_key": settings.vonage_private_key,
        "signature_secret": settings.vonage_signature_secret,
    }
    return {name: value for name, value in said.items() if value}
