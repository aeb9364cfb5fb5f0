"""Could the gateways in use send, as they are set up? Nothing is sent to find out."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from portal import mail
from portal.boxes import SecretUnreadable
from portal.extensions import settings
from portal.messages.gateways import http_settings, mail_settings
from portal.messages.routing import credentials, soundness
from portal.messages.routing.register import Gateway
from portal.messages.routing.soundness import Flaw
from portal.models import Channel, GatewayKind


class Hindrance(StrEnum):
    """What keeps a gateway from sending."""

    LOST = "credentials lost"
    MISSING = "credentials missing"
    KEY = "private key unreadable"
    SETTINGS = "settings unusable"


_OF_FLAW = {Flaw.MISSING: Hindrance.MISSING, Flaw.PRIVATE_KEY: Hindrance.KEY}


def unfit(gateways: Iterable[Gateway]) -> dict[Hindrance, list[Gateway]]:
    """Those in use that cannot send, by what keeps them from it, the worst first."""
    found = [(_fault(gateway), gateway) for gateway in gateways if gateway.enabled]
    return {kind: [gateway for fault, gateway in found if fault is kind] for kind in Hindrance
            if any(fault is kind for fault, _gateway in found)}


def can_text(gateways: Iterable[Gateway]) -> bool:
    """Whether any in use carries texts: else nobody gets a code."""
    return any(gateway.enabled and Channel.TEXT in gateway.channels for gateway in gateways)


def _fault(gateway: Gateway) -> Hindrance | None:
    try:
        held = credentials.of(gateway, settings())
    except SecretUnreadable:
        return Hindrance.LOST
    if flaw := soundness.flaw(gateway.kind, held, gateway.settings):
        return _OF_FLAW[flaw]
    return Hindrance.SETTINGS if _is_misdescribed(gateway) else None


def _is_misdescribed(gateway: Gateway) -> bool:
    """Whether what an administrator wrote of a provider is of no use here: in production some of it is refused."""
    if gateway.kind is GatewayKind.HTTP:
        return bool(http_settings.flaws(gateway.settings, production=settings().production))
    if gateway.kind is GatewayKind.MAIL:
        return bool(mail_settings.flaws(gateway.settings)) or not mail.is_set_up(settings())
    return False
