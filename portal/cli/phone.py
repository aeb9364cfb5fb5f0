"""Which phone number is meant on a command line?"""

from __future__ import annotations

from portal.accounts import phones
from portal.cli.answer import fail
from portal.extensions import settings


def number(typed: str) -> str:
    """The number in E.164, from any usual spelling of the home country's or with +. Raises what ends the command."""
    found = phones.parse(typed, settings().portal_home_country)
    if found is None:
        raise fail("That is not a whole phone number; write it as +49….")
    return found
