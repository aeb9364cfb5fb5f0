"""Did the gateway write this webhook: just now, in these very words, and for our account? PURE.

A webhook of Vonage's bears a JWT (RFC 7519) with HS256 under the account's signature secret, and in it the SHA-256 of the body.
The official package checks the signature alone, so all of it is checked here.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from portal.messages.receipts import plain
from portal.messages.receipts.plain import Unreadable

MOST_AGE = 300.0
"""Seconds by which what is signed may be older than our clock, or ahead of it."""
LONGEST_TOKEN = 8_192
ISSUER = "Vonage"


class Refusal(StrEnum):
    """Why a webhook is not believed."""

    UNSIGNED = "not signed"
    NO_SECRET = "no signature secret"  # noqa: S105 - a reason, no secret
    MALFORMED = "malformed signature"
    SIGNATURE = "wrong signature"
    ALGORITHM = "wrong algorithm"
    ISSUER = "wrong issuer"
    AGE = "too old or of the future"
    NO_ID = "no id"
    BODY = "another body"
    ACCOUNT = "another account"
    APPLICATION = "another application"
    HOOK = "another webhook"
    REPEATED = "a repeat"


@dataclass(frozen=True, kw_only=True)
class Account:
    """What is known of one gateway's account; what is empty is not. `gateway` is its name."""

    gateway: str
    secret: str = field(repr=False)
    api_key: str = ""
    application_id: str = ""


@dataclass(frozen=True)
class Believed:
    """A webhook that can be believed: for the gateways of which account, and `mark`, which no other one bears."""

    gateways: tuple[str, ...]
    mark: str


def check(authorization: str, body: bytes, accounts: Sequence[Account], now: float) -> Believed | Refusal:
    """Whether a POST of `body` with that Authorization header can be believed at `now` (seconds since 1970 UTC).

    Nothing in the token is read before its signature is right. `body` is what came, not what was made of it.
    """
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not token or len(token) > LONGEST_TOKEN or not token.isascii():
        return Refusal.MALFORMED if authorization else Refusal.UNSIGNED
    signing = tuple(account for account in accounts if account.secret and _is_signed(token, account.secret))
    if not signing:
        return Refusal.SIGNATURE if any(account.secret for account in accounts) else Refusal.NO_SECRET
    try:
        header, claims = (_opened(part) for part in token.split(".")[:2])
    except (Unreadable, ValueError):
        return Refusal.MALFORMED
    if header.get("alg") != "HS256" or "crit" in header:
        return Refusal.ALGORITHM
    return _flaw(claims, body, now) or _of(claims, signing)


def fresh(at: object, now: float) -> bool:
    """Whether that instant is near enough to ours."""
    return isinstance(at, int | float) and not isinstance(at, bool) and math.isfinite(at) and abs(now - at) <= MOST_AGE


def _is_signed(token: str, secret: str) -> bool:
    """As text, so that there is one way to write a signature (RFC 7515 section 5.2 would let several decode to it)."""
    signed, _, signature = token.rpartition(".")
    right = base64.urlsafe_b64encode(hmac.digest(secret.encode(), signed.encode(), "sha256")).rstrip(b"=")
    return signed.count(".") == 1 and hmac.compare_digest(signature.encode(), right)


def _opened(part: str) -> dict[str, Any]:
    try:
        return plain.read(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except binascii.Error:
        raise Unreadable from None


def _flaw(claims: dict[str, Any], body: bytes, now: float) -> Refusal | None:
    """What stands against it whoever's it is."""
    hashed = plain.text(claims.get("payload_hash")).lower().encode("utf-8", "surrogatepass")
    flaws = {
        Refusal.ISSUER: claims.get("iss") != ISSUER,
        Refusal.AGE: not fresh(claims.get("iat"), now) or not _holds(claims, now),
        Refusal.NO_ID: not (isinstance(claims.get("jti"), str) and claims["jti"]),
        Refusal.BODY: not hmac.compare_digest(hashed, hashlib.sha256(body).hexdigest().encode()),
    }
    return next((refusal for refusal, is_so in flaws.items() if is_so), None)


def _holds(claims: dict[str, Any], now: float) -> bool:
    """Vonage says neither beginning nor end; those that are said hold, a beginning by a clock that may be as wrong as ours."""
    begins, ends = claims.get("nbf", now), claims.get("exp", math.inf)
    numbers = all(isinstance(each, int | float) and not isinstance(each, bool) for each in (begins, ends))
    return numbers and begins <= now + MOST_AGE and now < ends


def _of(claims: dict[str, Any], accounts: Sequence[Account]) -> Believed | Refusal:
    """Of those that share the secret, the ones whose account and application it names."""
    ours = [each for each in accounts if each.api_key in ("", claims.get("api_key"))]
    if not ours:
        return Refusal.ACCOUNT
    ours = [each for each in ours if each.application_id in ("", claims.get("application_id"))]
    return Believed(tuple(each.gateway for each in ours), mark(claims["jti"])) if ours else Refusal.APPLICATION


def mark(*words: str) -> str:
    """A digest by which what was believed once is known again, however long its own name for itself is."""
    return hashlib.sha256("\0".join(words).encode("utf-8", "surrogatepass")).hexdigest()
