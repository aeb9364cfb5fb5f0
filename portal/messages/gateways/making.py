"""What carries the messages of a gateway? One object for each thread and gateway, made as the gateway is set up."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from config import Settings
from portal.boxes import SecretUnreadable
from portal.extensions import settings
from portal.messages.gateways.contract import Carrier, Fault, OurFault
from portal.messages.reasons import Reason
from portal.messages.routing import credentials
from portal.messages.routing.kinds import VONAGE
from portal.messages.routing.register import Gateway
from portal.models import GatewayKind

_of_this_thread = threading.local()


def make(gateway: Gateway, settings: Settings) -> Carrier:
    """A new carrier. What it is built on is imported only here. Raises OurFault if the gateway's credentials are of no use."""
    try:
        secret = credentials.of(gateway, settings)
    except SecretUnreadable:
        raise OurFault(Reason.CREDENTIALS_LOST) from None
    if gateway.kind in VONAGE:
        return _of_vonage(gateway, secret, settings)
    match gateway.kind:
        case GatewayKind.HTTP:
            from portal.messages.gateways.http import Http

            return Http(gateway, secret, settings)
        case GatewayKind.MAIL:
            from portal.messages.gateways.mail import Mail

            return Mail(gateway, secret, settings)
        case GatewayKind.INBOX:
            from portal.messages.gateways.inbox import Inbox

            return Inbox()
    raise OurFault(Reason.KIND)


def _of_vonage(gateway: Gateway, secret: Mapping[str, str], settings: Settings) -> Carrier:
    match gateway.kind:
        case GatewayKind.VONAGE_SMS:
            from portal.messages.gateways.vonage_sms import VonageSms

            return VonageSms(gateway, secret, settings)
        case GatewayKind.VONAGE_VOICE:
            from portal.messages.gateways.vonage_voice import VonageVoice

            return VonageVoice(gateway, secret, settings)
    from portal.messages.gateways.vonage import Vonage

    return Vonage(gateway, secret, settings)


def carrier(gateway: Gateway) -> Carrier:
    """The carrier of the calling thread: clients share headers and connections, so threads do not share clients."""
    held: dict[str, _Held] = _of_this_thread.__dict__.setdefault("held", {})
    kept, mark = held.get(gateway.name), (gateway.id, gateway.version)
    if kept is None or kept.mark != mark or kept.settings is not settings():
        kept = held[gateway.name] = _Held(mark, settings(), make(gateway, settings()))
    return kept.carrier


def prepare(gateway: Gateway) -> None:
    """Make the carrier of the calling thread now, so that no turn passes meanwhile. One that cannot be made says why later."""
    with suppress(Fault):
        carrier(gateway)


@dataclass(frozen=True)
class _Held:
    """A carrier, and how its gateway was set up when it was made: id and version, and the settings."""

    mark: tuple[int, int]
    settings: Settings
    carrier: Carrier
