"""Whom does an entry of a directory describe? PURE, but for the country whose numbers are written without calling code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from portal.accounts import identifiers, phones
from portal.extensions import settings as portal_settings
from portal.sources.claims import Claimed
from portal.sources.register import Source

DEFAULTS = {"subject": "entryUUID", "name": "cn", "email": "mail", "phone": "mobile", "username": "uid"}
"""Which attribute tells what, unless the source is set otherwise."""
BINARY = frozenset({"objectguid", "objectsid", "ms-ds-consistencyguid", "guid"})
"""Attributes whose values are no text, in small letters."""
_LONGEST_SUBJECT, _LONGEST_CALLED = 255, 254


@dataclass(frozen=True)
class Entry:
    """An entry as it was found. Its name never says who somebody is: it changes when they marry or move.

    `attributes`: by their names in small letters.
    """

    dn: str
    attributes: dict[str, list[bytes]]


def attributes(settings: dict[str, Any]) -> dict[str, str]:
    """Which attribute tells what, at this source."""
    return DEFAULTS | {told: name for told, name in (settings.get("attributes") or {}).items() if name}


def wanted(settings: dict[str, Any]) -> list[str]:
    """The attributes that are asked for: none of them is needed but the subject."""
    return sorted(set(attributes(settings).values()))


def claimed(source: Source, found: Entry, identifier: str) -> Claimed | None:
    """What the entry tells; None if it does not say, in exactly one value, who it is."""
    names = attributes(source.settings)
    subject = _subject(found, names["subject"])
    if subject is None:
        return None
    username, email = _text(found, names["username"]), _text(found, names["email"])
    email = email if email and identifiers.is_email(email) else None
    called = (username or email or identifier)[:_LONGEST_CALLED]
    return Claimed(issuer=source.key, subject=subject, called=called, email=email, email_verified=email is not None,
                   name=_text(found, names["name"]), username=username, phone=_phone(source, found, names["phone"]))


def _subject(found: Entry, name: str) -> str | None:
    values = found.attributes.get(name.lower(), [])
    if len(values) != 1 or not values[0]:
        return None
    if name.lower().removesuffix(";binary") in BINARY:
        return values[0].hex()
    text = _readable(values[0])
    return text if text and len(text) <= _LONGEST_SUBJECT else None


def _phone(source: Source, found: Entry, name: str) -> str | None:
    """The first value that is a whole number, if numbers are taken over at all; national ones are the home country's."""
    if not source.settings.get("take_phone"):
        return None
    typed = (_readable(value) for value in found.attributes.get(name.lower(), []))
    home = portal_settings().portal_home_country or None
    return next((number for text in typed if text and (number := phones.parse(text, home))), None)


def _text(found: Entry, name: str) -> str | None:
    return next((text for value in found.attributes.get(name.lower(), []) if (text := _readable(value))), None)


def _readable(value: bytes) -> str | None:
    """The value as text that people can read; None if it is none."""
    try:
        text = value.decode().strip()
    except UnicodeDecodeError:
        return None
    return text if text.isprintable() else None
