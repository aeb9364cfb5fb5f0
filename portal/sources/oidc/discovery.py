"""What does an OpenID Connect provider say of itself? (OpenID Connect Discovery 1.0; RFC 8414, RFC 9207)"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import current_app

from portal import clock
from portal.sources.asking import ask
from portal.sources.calls import Client, fields, permitted
from portal.sources.faults import Fault, SourceFault
from portal.sources.register import Source

KEPT = 600.0
"""Seconds for which a description is used again."""
BASIC, POST = "client_secret_basic", "client_secret_post"


@dataclass(frozen=True, kw_only=True)
class Provider:
    """What is needed of a description. `auth_methods`: how it takes a client's secret, of the ways that we know.

    `says_issuer`: its answers name their issuer, so that one without is not of this one.
    """

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None
    auth_methods: tuple[str, ...]
    says_issuer: bool


def provider(source: Source, ends_at: float | None = None, *, fresh: bool = False) -> Provider:
    """The provider of the source, as it described itself at most ten minutes ago. Raises SourceFault, Busy.

    `ends_at`: within a talk that is under way; without it, a talk is begun if one is needed.
    """
    kept: dict[int, tuple[tuple[int, str], float, Provider]] = current_app.extensions.setdefault("portal_providers", {})
    key = (source.version, issuer_of(source))
    found = kept.get(source.id)
    if found and found[0] == key and clock.now() < found[1] and not fresh:
        return found[2]
    described = _described(source, ends_at)
    kept[source.id] = (key, clock.now() + KEPT, described)
    return described


def issuer_of(source: Source) -> str:
    """The issuer that the source is set to. Raises SourceFault."""
    issuer = source.settings.get("issuer")
    if not isinstance(issuer, str) or not issuer or not source.settings.get("client_id"):
        raise SourceFault(Fault.SETTINGS, "issuer, client id")
    return issuer


def _described(source: Source, ends_at: float | None) -> Provider:
    def talk(until: float) -> Provider:
        return _provider(source, _document(source, until))

    return talk(ends_at) if ends_at is not None else ask(source.key, talk)


def _document(source: Source, ends_at: float) -> dict[str, Any]:
    address = issuer_of(source).removesuffix("/") + "/.well-known/openid-configuration"
    with Client(source, None, ends_at) as client:
        return fields(client.get(address, withhold_token=True))


def _provider(source: Source, document: dict[str, Any]) -> Provider:
    """An issuer that differs in a single character could speak for somebody else's (section 4.3)."""
    said = document.get("issuer")
    if said != issuer_of(source):
        raise SourceFault(Fault.ISSUER, f"it calls itself {str(said)[:200]!r}")
    needed = _addresses(document)
    return Provider(issuer=issuer_of(source), auth_methods=_auth_methods(document), **needed,
                    says_issuer=document.get("authorization_response_iss_parameter_supported") is True)


def _addresses(document: dict[str, Any]) -> dict[str, Any]:
    needed = {name: permitted(document.get(name)) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")}
    more = document.get("userinfo_endpoint")
    return needed | {"userinfo_endpoint": None if more is None else permitted(more)}


def _auth_methods(document: dict[str, Any]) -> tuple[str, ...]:
    """Basic first, which is meant where nothing is said (section 3)."""
    offered = document.get("token_endpoint_auth_methods_supported", [BASIC])
    return tuple(method for method in (BASIC, POST) if isinstance(offered, list) and method in offered)
