"""Are a gateway's credentials complete and of the right form? PURE: nobody is asked whether they are right."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache
from threading import Lock
from typing import TYPE_CHECKING, Any

from portal.messages.routing.kinds import suffices
from portal.models import GatewayKind

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

PEM_HEADER = "-----BEGIN PRIVATE KEY-----"
"""Of PKCS#8, the only form that Vonage's package takes."""
_one_at_a_time = Lock()


class Flaw(StrEnum):
    """What keeps a gateway from being asked at all."""

    MISSING = "missing"
    PRIVATE_KEY = "private key"


class KeyUnreadable(ValueError):
    """A private key is no RSA key as unencrypted PKCS#8 PEM."""


def flaw(kind: GatewayKind, held: Mapping[str, str], settings: Mapping[str, Any]) -> Flaw | None:
    """What is wrong with the credentials `held` (by their names in `kinds.CREDENTIALS`) of a gateway of that kind."""
    if not suffices(kind, held, settings):
        return Flaw.MISSING
    return Flaw.PRIVATE_KEY if _signs(kind, held) and not is_readable(held.get("private_key", "")) else None


def _signs(kind: GatewayKind, held: Mapping[str, str]) -> bool:
    """Calls are always signed for with a private key, the SMS API never, the Messages API if there is an application."""
    return kind is GatewayKind.VONAGE_VOICE or (kind is GatewayKind.VONAGE and "application_id" in held)


def is_readable(private_key: str) -> bool:
    """Whether it is the text of a key that requests can be signed with."""
    try:
        parsed(private_key)
    except KeyUnreadable:
        return False
    return True


def parsed(private_key: str) -> RSAPrivateKey:
    """The key in this PKCS#8 PEM, read once in a process: each reading takes 40 ms. Raises KeyUnreadable."""
    with _one_at_a_time:
        return _parsed(private_key)


@lru_cache(maxsize=16)
def _parsed(private_key: str) -> RSAPrivateKey:
    # Loaded with the first who asks: a web process seldom needs it.
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    if PEM_HEADER not in private_key:
        raise KeyUnreadable
    try:
        key = load_pem_private_key(private_key.encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise KeyUnreadable from None
    if not isinstance(key, RSAPrivateKey):
        raise KeyUnreadable
    return key
