"""With which linked accounts may somebody inside confirm that it is them?"""

from __future__ import annotations

from dataclasses import dataclass

from flask_login import current_user

from portal.accounts import profile
from portal.sources import identities, outside, register
from portal.sources.register import Source


@dataclass(frozen=True)
class AgainWays:
    """Whether there is a password to type, and the sources to go to instead."""

    password: bool
    sources: tuple[Source, ...]


def again_ways() -> AgainWays:
    """The ways of the person signed in here: of the linked sources those that ask a person anew."""
    user = profile.find(current_user.user_id)
    password, linked = bool(user and user.password), {each.source_id for each in identities.linked(current_user.user_id)}
    sources = tuple(source for source in register.offered() if source.is_outside and source.id in linked)
    return AgainWays(password, tuple(filter(outside.confirms, sources)))
