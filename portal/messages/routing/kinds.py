"""What can a gateway of each kind do, and what must be known of it? PURE."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from portal.models import Channel, GatewayKind

VONAGE = frozenset({GatewayKind.VONAGE, GatewayKind.VONAGE_SMS, GatewayKind.VONAGE_VOICE})
"""They share the credentials of one Vonage account."""
CREDENTIALS: dict[GatewayKind, tuple[str, ...]] = {
    **dict.fromkeys(VONAGE, ("api_key", "api_secret", "application_id", "private_key", "signature_secret")),
    GatewayKind.HTTP: ("secret",), GatewayKind.MAIL: ("secret",), GatewayKind.INBOX: (),
}
"""The names of what is kept sealed for each kind."""


def channels_of(kind: GatewayKind) -> frozenset[Channel]:
    """How a gateway of that kind reaches a phone. The inbox stands for all gateways, so that in development all can be seen."""
    if kind is GatewayKind.INBOX:
        return frozenset(Channel)
    return frozenset({Channel.VOICE if kind is GatewayKind.VONAGE_VOICE else Channel.TEXT})


_APPLICATION, _PAIR = frozenset({"application_id", "private_key"}), frozenset({"api_key", "api_secret"})
_SUFFICES = {
    GatewayKind.VONAGE: (_APPLICATION, _PAIR), GatewayKind.VONAGE_SMS: (_PAIR,), GatewayKind.VONAGE_VOICE: (_APPLICATION,),
}


def suffices(kind: GatewayKind, known: Iterable[str], settings: Mapping[str, Any]) -> bool:
    """Whether a gateway of that kind with these settings can send with the credentials of these names."""
    sets, names = _SUFFICES.get(kind), frozenset(known)
    if sets is None:
        return "secret" in names or not wants_secret(settings)
    return any(needed <= names for needed in sets)


def wants_secret(settings: Mapping[str, Any]) -> bool:
    """Whether the templates of a gateway that an administrator describes name its secret anywhere, so that there must be one."""
    return bool(showing_secret(settings))


def showing_secret(settings: Mapping[str, Any]) -> frozenset[tuple[str, str]]:
    """The templates of such a gateway that name its secret, each with the name of its setting or header."""
    written = [*settings.items(), *((f"header {name}", value) for name, value in settings.get("headers", ()))]
    return frozenset((name, each) for name, each in written
                     if isinstance(each, str) and ("{secret}" in each or "{secret_base64}" in each))
