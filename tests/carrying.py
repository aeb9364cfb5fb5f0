"""What comes of handing one message to a gateway of a kind, without a portal around it?"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from config import Settings
from portal.messages.gateways import Carrier, Fault, Outgoing, Receipt, make
from portal.messages.routing.register import Gateway as Registered
from portal.models import GatewayKind
from tests.conftest import settings
from tests.gateway import Gateway

CODE, NUMBER = "482913", "+4915112345678"
TEXT = f"{CODE} is your Portal code. It works for 5 minutes. Never share it with anyone.\n@login.example.com #{CODE}"
MESSAGE = Outgoing(id=17, to=NUMBER, text=TEXT, lifetime=290, sender="Portal")
SAID_BY_NO_LOG = (CODE, NUMBER[1:], "secret-of-the-tests", "Basic ", "Bearer ", "BEGIN PRIVATE KEY")
ACCEPTED_WITHOUT_AN_ANSWER = ["garbage", "html", "empty", "other", "close", "reset", "drip"]


def registered(kind: GatewayKind, *, name: str = "one", **about: Any) -> Registered:
    """A gateway as an administrator would have added it."""
    facts: dict[str, Any] = {"id": 7, "title": name.title(), "enabled": True, "position": 1, "per_second": 30, "sender": "Portal",
                             "version": 1, "settings": {}} | about
    return Registered(kind=kind, name=name, **facts)


def made(kind: GatewayKind, chosen: Settings, **about: Any) -> Carrier:
    """What carries the messages of such a gateway with these settings."""
    return make(registered(kind, **about), chosen)


def handed(
    kind: GatewayKind, gateway: Gateway, *, signed: bool = False, message: Outgoing = MESSAGE, sender: str = "Portal",
    **environment: str,
) -> Receipt | Fault:
    """What came of handing `message` over: the receipt or the fault."""
    try:
        return made(kind, settings(**gateway.settings(signed=signed) | environment)).send(replace(message, sender=sender))
    except Fault as fault:
        return fault


def told(outcome: Receipt | Fault) -> tuple[type, str]:
    """The kind of a fault and its reason, to be compared."""
    return type(outcome), str(outcome) if isinstance(outcome, Fault) else ""
