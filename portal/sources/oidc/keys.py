"""With which key has a provider signed? Its published ones, fetched again when it names one that is not among them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import current_app
from joserfc.errors import JoseError
from joserfc.jwk import JWKRegistry, Key

from portal import clock
from portal.sources.calls import Client, fields
from portal.sources.faults import Fault, SourceFault
from portal.sources.oidc.discovery import KEPT

RESTS = 10.0
"""Seconds for which keys that were just fetched are not fetched again, whatever is asked for."""
MOST = 50
ALGORITHMS = {
    "RSA": frozenset({"RS256", "RS384", "RS512", "PS256", "PS384", "PS512"}),
    "EC": frozenset({"ES256", "ES384", "ES512"}),
    "OKP": frozenset({"EdDSA", "Ed25519"}),
}
"""What is taken as a signature, by the kind of key. No `none`; and no HS256, for which a public key would be the secret."""
KNOWN = frozenset().union(*ALGORITHMS.values())


@dataclass(frozen=True)
class _Kept:
    keys: tuple[dict[str, Any], ...]
    at: float


def keys_for(header: dict[str, Any], jwks_uri: str, client: Client) -> list[Key]:
    """The keys that may have made a signature with that header. Raises SourceFault if there is none."""
    algorithm = header.get("alg")
    if not isinstance(algorithm, str) or algorithm not in KNOWN:
        raise SourceFault(Fault.ALGORITHM, repr(algorithm)[:20])
    found = _matching(_published(jwks_uri, client, KEPT), header) or _matching(_published(jwks_uri, client, RESTS), header)
    if not found:
        raise SourceFault(Fault.KEY, "none of its keys has that name and kind")
    return found


def _published(jwks_uri: str, client: Client, age: float) -> tuple[dict[str, Any], ...]:
    """Its keys as they were at most `age` seconds ago."""
    store: dict[Any, _Kept] = current_app.extensions.setdefault("portal_provider_keys", {})
    place = (client.of, jwks_uri)
    kept = store.get(place)
    if kept is None or clock.now() >= kept.at + age:
        kept = _Kept(_fetched(jwks_uri, client), clock.now())
        if len(store) >= MOST:
            store.clear()
        store[place] = kept
    return kept.keys


def _fetched(jwks_uri: str, client: Client) -> tuple[dict[str, Any], ...]:
    listed = fields(client.get(jwks_uri, withhold_token=True)).get("keys")
    if not isinstance(listed, list):
        raise SourceFault(Fault.UNREADABLE, "no list of keys")
    return tuple(key for key in listed[:MOST] if isinstance(key, dict))


def _matching(published: tuple[dict[str, Any], ...], header: dict[str, Any]) -> list[Key]:
    fitting = (_imported(key) for key in published if _fits(key, header))
    return [key for key in fitting if key is not None]


def _fits(key: dict[str, Any], header: dict[str, Any]) -> bool:
    """A token that names no key may be of any (RFC 7515 section 4.1.4); one for encryption signs nothing."""
    algorithm, name = header["alg"], header.get("kid")
    return (algorithm in ALGORITHMS.get(str(key.get("kty")), ()) and key.get("alg") in (None, algorithm)
            and key.get("use") in (None, "sig") and (name is None or key.get("kid") == name))


def _imported(key: dict[str, Any]) -> Key | None:
    """None for one that is not understood: the next may be the right one."""
    try:
        return JWKRegistry.import_key(key)
    except (JoseError, ValueError, TypeError, KeyError):
        return None
