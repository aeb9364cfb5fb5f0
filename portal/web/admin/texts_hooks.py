"""Which addresses is Vonage to be told, so that it says what became of the messages of a gateway?"""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _

from portal.extensions import settings
from portal.messages.receipts import accounts
from portal.messages.routing.register import Gateway
from portal.models import GatewayKind


@dataclass(frozen=True)
class Address:
    """One of them: the id of its field, what Vonage calls it, and itself."""

    id: str
    label: str
    url: str


@dataclass(frozen=True)
class Hooks:
    """All of a gateway; `signed`: what comes there can be believed."""

    addresses: tuple[Address, ...]
    signed: bool


def of(gateway: Gateway) -> Hooks | None:
    """Those of a gateway. A call names its own, so that there is none to be told; a kind that tells nothing has none."""
    labels = {
        GatewayKind.VONAGE: (_("Status URL"), _("Inbound URL")),
        GatewayKind.VONAGE_SMS: (_("Delivery receipts"), _("Inbound SMS")),
    }.get(gateway.kind)
    if labels is None:
        return None
    signed = any(account.gateway == gateway.name and account.secret for account in accounts.known(settings()))
    found = _address("hook-status", labels[0], "hooks.status"), _address("hook-inbound", labels[1], "hooks.inbound")
    return Hooks(found, signed)


def _address(id_: str, label: str, endpoint: str) -> Address:
    return Address(id_, label, settings().portal_url + url_for(endpoint))
