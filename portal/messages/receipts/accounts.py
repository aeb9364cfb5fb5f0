"""Whose webhooks may come here? Those of the accounts of all Vonage gateways, in use or not: receipts come late."""

from __future__ import annotations

from collections.abc import Mapping

from config import Settings
from portal.boxes import SecretUnreadable
from portal.messages import standing
from portal.messages.receipts.signed import Account
from portal.messages.routing import credentials
from portal.messages.routing.kinds import VONAGE
from portal.messages.routing.register import Gateway


def known(settings: Settings) -> list[Account]:
    """One account for each of those gateways, as they are set up at the moment."""
    found = [gateway for gateway in standing.current().gateways if gateway.kind in VONAGE]
    return [_account(gateway.name, _secret(gateway, settings), settings.vonage_signature_secret) for gateway in found]


def _secret(gateway: Gateway, settings: Settings) -> Mapping[str, str]:
    try:
        return credentials.of(gateway, settings)
    except SecretUnreadable:
        return {}


def _account(name: str, secret: Mapping[str, str], signature_secret: str) -> Account:
    return Account(gateway=name, secret=secret.get("signature_secret") or signature_secret, api_key=secret.get("api_key", ""),
                   application_id=secret.get("application_id", ""))
