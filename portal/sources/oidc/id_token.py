"""Is this ID token the provider's, for us, for this request, and of now? (OpenID Connect Core 1.0, section 3.1.3.7)"""

from __future__ import annotations

import hashlib
import math
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from typing import Any

from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import Key

from portal import clock
from portal.sources.faults import Fault, SourceFault

LEEWAY = 60.0
"""Seconds by which two clocks may differ."""
LONGEST_SUBJECT = 255
_ENDLESS = 2**53
_UNREADABLE = (JoseError, ValueError, TypeError, KeyError, RecursionError)


@dataclass(frozen=True, kw_only=True)
class Expected:
    """What the token must say. `signed_in_since`: the person must have been asked there since then."""

    issuer: str
    client_id: str
    nonce: str
    access_token: str
    signed_in_since: float | None = None


def header_of(token: str) -> dict[str, Any]:
    """What the token says of its own signature, before anything of it is believed. Raises SourceFault."""
    try:
        return dict(jws.extract_compact(token.encode()).headers())
    except _UNREADABLE:
        raise SourceFault(Fault.UNREADABLE, "no signed ID token") from None


def verified(token: str, keys: list[Key]) -> dict[str, Any]:
    """The claims of a token that one of these keys has signed. Raises SourceFault."""
    algorithm = str(header_of(token).get("alg"))
    for key in keys:
        try:
            return dict(jwt.decode(token, key, algorithms=[algorithm]).claims)
        except _UNREADABLE:
            continue
    raise SourceFault(Fault.SIGNATURE)


def check(claims: dict[str, Any], expected: Expected, algorithm: str) -> None:
    """Hold the claims of a verified token against what they must be. Raises SourceFault at the first that is not."""
    for wrong, fault, detail in _faults(claims, expected, algorithm):
        if wrong:
            raise SourceFault(fault, detail)


def _faults(claims: dict[str, Any], expected: Expected, algorithm: str) -> list[tuple[bool, Fault, str]]:
    now = clock.now()
    # Each is written so that a claim that is missing or of another type is wrong.
    return [
        (claims.get("iss") != expected.issuer, Fault.ISSUER, f"iss is {str(claims.get('iss'))[:200]!r}"),
        (not _is_for(claims, expected.client_id), Fault.AUDIENCE, "aud, azp"),
        (not is_subject(claims.get("sub")), Fault.NO_SUBJECT, "sub"),
        (not _number(claims.get("exp")) > now - LEEWAY, Fault.EXPIRED, "exp"),
        (not _number(claims.get("iat")) < now + LEEWAY, Fault.IN_FUTURE, "iat"),
        ("nbf" in claims and not _number(claims["nbf"]) < now + LEEWAY, Fault.IN_FUTURE, "nbf"),
        (claims.get("nonce") != expected.nonce, Fault.NONCE, ""),
        ("at_hash" in claims and not _hashes(claims["at_hash"], expected.access_token, algorithm), Fault.TOKEN_HASH, "at_hash"),
        (not _fresh(claims.get("auth_time"), expected.signed_in_since), Fault.NOT_FRESH, "auth_time"),
    ]


def is_subject(subject: object) -> bool:
    """Whether it can be kept: 1 to 255 characters (section 2), all of them visible."""
    return isinstance(subject, str) and 0 < len(subject) <= LONGEST_SUBJECT and subject.isprintable()


def _is_for(claims: dict[str, Any], client_id: str) -> bool:
    """For us, and handed to us: a token for several must say that it was given to this one."""
    said = claims.get("aud")
    audience = said if isinstance(said, list) else [said]
    party = claims.get("azp", client_id if len(audience) == 1 else None)
    return client_id in audience and party == client_id


def _number(claim: object) -> float:
    """NaN, which compares to nothing, for what is no number."""
    if not isinstance(claim, int | float) or isinstance(claim, bool):
        return math.nan
    return float(min(max(claim, -_ENDLESS), _ENDLESS))


def _hashes(said: object, access_token: str, algorithm: str) -> bool:
    """The left half of the access token's hash, of the length that the signature uses (section 3.1.3.6); Ed25519 uses 512."""
    length = algorithm[-3:] if algorithm[-3:] in ("256", "384", "512") else "512"
    digest = hashlib.new(f"sha{length}", access_token.encode()).digest()
    half = urlsafe_b64encode(digest[:len(digest) // 2]).rstrip(b"=").decode()
    return said == half


def _fresh(auth_time: object, since: float | None) -> bool:
    return since is None or _number(auth_time) > since - LEEWAY
