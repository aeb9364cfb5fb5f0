"""How does a browser go to an outside source and come back, and what is said where that fails?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import url_for

from portal import audit
from portal.audit import Event, What
from portal.extensions import settings
from portal.models import RequestPurpose, SourceKind
from portal.signin import session
from portal.sources import outside, requests
from portal.sources.faults import SourceFault
from portal.sources.register import Source
from portal.sources.slots import Busy
from portal.web import came_for
from portal.web.client import client
from portal.web.outside_words import STATUS, Word, notice, of_fault
from portal.web.phrases import Notice

SECONDS, NOT_NOW = 5, 503
"""After so many seconds a source that could not be asked, which that status says, may be asked again."""


@dataclass(frozen=True)
class Failed:
    """What is said of a source, by its name and title, that could not be asked or whose answer is worth nothing."""

    word: Word
    name: str
    title: str

    @property
    def status(self) -> int:
        """Under which status it is said."""
        return STATUS[self.word]

    @property
    def notice(self) -> Notice:
        """The sentence."""
        return notice(self.word, self.title)


def callback_address(source: Source) -> str:
    """The one address that is registered with the source, for trials too."""
    return f"{settings().portal_url}/login/with/{source.name}/callback"


def away(source: Source, purpose: RequestPurpose, **bound: Any) -> str | Failed:
    """The address to which this browser goes now, remembered as its own. `bound`: what else the answer is good for.

    A directory has no pages: the form is ours.
    """
    opened = requests.begin(source, purpose, browser=session.browser(), trial_id=session.trial_id(), **bound)
    if source.kind is SourceKind.LDAP:
        return url_for("directory.show", name=source.name, state=opened.state, **came_for.kept())
    try:
        return outside.authorization_url(source, opened, callback_address(source))
    except (SourceFault, Busy) as why:
        return failed(source, why)


def failed(source: Source, why: SourceFault | Busy, user_id: int | None = None) -> Failed:
    """Write down that the source was of no use; a busy moment is no event."""
    if isinstance(why, Busy):
        return so(Word.BUSY, source)
    detail = {"source": source.key, "why": why.reason.value}
    audit.note(client(), Event(event=What.FIRST_FACTOR_REFUSED, outcome="source", user_id=user_id, detail=detail))
    return so(of_fault(why.reason), source)


def so(word: Word, source: Source) -> Failed:
    """That this is to be said of the source."""
    return Failed(word, source.name, source.title)
