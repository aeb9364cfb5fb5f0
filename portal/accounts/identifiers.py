"""Whom does a typed identifier mean? PURE. No identifier can mean two people."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from portal.accounts import phones

LONGEST, LONGEST_KEY = 254, 128
_EMAIL = re.compile(r"^[^@\s<>\"']{1,64}@[^@\s<>\"']{1,190}$")


class Kind(StrEnum):
    """Which column an identifier is looked up in."""

    USERNAME = "username"
    EMAIL = "email"
    PHONE = "phone"


@dataclass(frozen=True)
class Identifier:
    """An identifier in the form in which it is stored and looked up."""

    kind: Kind
    key: str


def read(typed: str, home: str | None) -> Identifier:
    """What `typed` means: an email has an @, a phone number no letter, a username is anything else.

    Total: nonsense becomes a username that nobody can have. National numbers are those of region `home`.
    """
    if phones.looks_like_number(typed):
        phone = phones.parse(typed, home)
        return Identifier(Kind.PHONE, phone) if phone else Identifier(Kind.USERNAME, fold(typed))
    folded = fold(typed)
    return Identifier(Kind.EMAIL if "@" in folded else Kind.USERNAME, folded)


def fold(typed: str) -> str:
    """The form in which two spellings of one name are equal: NFKC, no case, no outer blanks, no invisible characters."""
    kept = "".join(c for c in unicodedata.normalize("NFKC", typed) if unicodedata.category(c) not in ("Cc", "Cf", "Cs"))
    return kept.strip().casefold()[:LONGEST]


def is_username(username: str) -> bool:
    """Whether `username` can be one: it has a letter, no @, no leading +, 2 to 64 characters."""
    # One letter can be many when it is folded, and the key of a name must fit its column too.
    fits = 2 <= len(username.strip()) <= 64 and len(fold(username)) <= LONGEST_KEY  # noqa: PLR2004
    if not fits or any(unicodedata.category(c).startswith("C") for c in username):
        return False
    return "@" not in username and not username.lstrip().startswith("+") and any(c.isalpha() for c in username)


def is_email(email: str) -> bool:
    """Whether `email` has the shape of an address, all of it visible. Whether it receives mail is not asked."""
    seen = not any(unicodedata.category(c).startswith("C") for c in email)
    return seen and len(email) <= LONGEST and bool(_EMAIL.match(email.strip()))
