"""Can an application be what somebody asks for? Its name and home address as they are kept, or why not."""

from __future__ import annotations

import unicodedata
from enum import StrEnum
from urllib.parse import urlsplit

from portal.accounts import identifiers

LONGEST_NAME, LONGEST_KEY, LONGEST_ADDRESS = 80, 160, 500
_LOCAL = ("localhost", "127.0.0.1", "::1")


class ApplicationFault(StrEnum):
    """Why an application cannot be created or changed as asked."""

    NAME = "a name has 1 to 80 characters, none of them invisible"
    TAKEN = "another application has that name already"
    HOME_ADDRESS = "a home address is a whole one, such as https://crm.example/, of at most 500 characters"
    COLOUR = "a colour is written as #2450b8"
    CONTRAST = "that colour is too light: words in it could not be read"


def readable_name(typed: str) -> str | None:
    """The name as it is shown; None if it cannot be one.

    What cannot be seen is refused, direction marks above all: a name must not turn round the words beside it.
    """
    name = " ".join(typed.split())
    seen = not any(unicodedata.category(character).startswith("C") for character in name)
    fits = 1 <= len(name) <= LONGEST_NAME and 1 <= len(identifiers.fold(name)) <= LONGEST_KEY
    return name if seen and fits else None


def readable_address(typed: str, *, local: bool) -> str | None:
    """The home address if it is an absolute https one; `local` lets http to this very machine pass. None if it is none."""
    address = typed.strip()
    if len(address) > LONGEST_ADDRESS or any(c.isspace() or unicodedata.category(c).startswith("C") for c in address):
        return None
    try:
        parts = urlsplit(address)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        return None
    safe = parts.scheme == "https" or (local and parts.scheme == "http" and host in _LOCAL)
    # A name and password before the host would show somebody else's host first.
    return address if safe and host.strip(".") and "@" not in parts.netloc and "\\" not in address else None
