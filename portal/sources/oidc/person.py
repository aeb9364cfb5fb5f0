"""Whom do the claims of an OpenID Connect provider name, and does it say that a second factor was given there?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from portal.sources import presets
from portal.sources.claims import Claimed
from portal.sources.register import Source
from portal.sources.told import email, phone, words

SECOND_FACTORS = frozenset({"mfa", "otp", "sms", "tel", "hwk", "sc"})
"""Of the methods that RFC 8176 names, those that are no password and that somebody must have in hand."""
_PAIRS = (("email", "email_verified"), ("phone_number", "phone_number_verified"))
"""A value, and what is said of just this value: never one from here with the other from there."""
_CALLED = ("preferred_username", "email", "name")


def lacking(source: Source, claims: Mapping[str, Any]) -> bool:
    """Whether the provider should be asked for more than its ID token has."""
    wanted = ["email"] + (["phone_number"] if source.settings.get("take_phone") else [])
    return not all(words(claims, name) for name in wanted) or not words(claims, "preferred_username", "name")


def completed(claims: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    """The claims of the ID token, completed with those of the userinfo endpoint."""
    added = {name: value for name, value in more.items() if name not in claims}
    for value, verified in _PAIRS:
        if value in claims:
            added.pop(verified, None)
        elif value in more:
            claims = {name: said for name, said in claims.items() if name != verified}
            added |= {verified: more.get(verified)}
    return {**added, **claims}


def claimed(source: Source, claims: Mapping[str, Any]) -> Claimed:
    """The person. `claims` are verified, and name issuer and subject."""
    address = email(claims)
    return Claimed(
        issuer=claims["iss"], subject=claims["sub"], called=words(claims, *_CALLED, "sub") or "", email=address,
        email_verified=address is not None and _email_verified(source, claims), name=words(claims, "name"),
        username=words(claims, "preferred_username"), phone=phone(source, claims), vouched=_vouched(source, claims))


def _email_verified(source: Source, claims: Mapping[str, Any]) -> bool:
    """Whether the provider says that the email is theirs. Entra ID says so in a claim of its own, once it is told to."""
    if claims.get("email_verified") is True:
        return True
    return source.settings.get("preset") == presets.MICROSOFT and claims.get("xms_edov") in (True, 1, "1", "true")


def _vouched(source: Source, claims: Mapping[str, Any]) -> bool:
    """Whether it says so: by a method, or by a context that the settings name as one with a second factor (`acr_values`)."""
    methods = claims.get("amr")
    if isinstance(methods, list) and any(isinstance(one, str) and one in SECOND_FACTORS for one in methods):
        return True
    known, said = source.settings.get("acr_values"), claims.get("acr")
    return isinstance(known, list) and isinstance(said, str) and said in known
