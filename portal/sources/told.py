"""What of all that an outside source tells is kept, and in which form?"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping
from typing import Any

from portal.accounts import phones
from portal.sources.register import Source

LONGEST = 254


def words(claims: Mapping[str, Any], *names: str) -> str | None:
    """The first of these claims that is a text, without what is invisible in it, cut to what fits; None if none is."""
    for name in names:
        said = claims.get(name)
        if isinstance(said, str) and (plain := _plain(said)):
            return plain
    return None


def email(claims: Mapping[str, Any]) -> str | None:
    """The `email` as it was told. One that would have to be changed to be kept would be somebody else's."""
    said = claims.get("email")
    return said if isinstance(said, str) and said and words(claims, "email") == said else None


def phone(source: Source, claims: Mapping[str, Any]) -> str | None:
    """Its `phone_number` in E.164, if the source is set to hand it over.

    Where its word shall bind the number, it must also say that it has verified it (OpenID Connect Core 1.0, section 5.1).
    """
    said = words(claims, "phone_number") if source.settings.get("take_phone") else None
    unverified = source.settings.get("trust_phone") and claims.get("phone_number_verified") is not True
    return None if said is None or unverified else phones.parse(said, None)


def shown(claims: Mapping[str, Any]) -> dict[str, str]:
    """Claims as an administrator who tries the source may look at them: whatever was told, as texts that every page can hold."""
    said = {name: value if isinstance(value, str) else json.dumps(value) for name, value in claims.items()}
    return {_plain(name): _plain(value) for name, value in said.items()}


def _plain(text: str) -> str:
    shown = (" " if character.isspace() else character for character in text[:4 * LONGEST])
    return "".join(each for each in shown if not unicodedata.category(each).startswith("C")).strip()[:LONGEST].strip()
