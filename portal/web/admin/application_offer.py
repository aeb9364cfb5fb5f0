"""Which identity sources does an application offer, and what does somebody choose of them?"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from flask import request

from portal.sources import offering, register
from portal.web.admin.source_words import title_of


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One source, and whether it is offered there."""

    key: str
    title: str
    enabled: bool
    offered: bool


@dataclass(frozen=True)
class Offer:
    """All sources in their order, and the keys of those that were hidden when the page was made."""

    sources: tuple[Choice, ...]
    seen: tuple[str, ...]


@dataclass(frozen=True)
class Sent:
    """What the form asks to hide, and what was hidden when it was made."""

    hidden: frozenset[str]
    seen: frozenset[str]


def offer_view(application_id: int, chosen: Collection[str] | None = None) -> Offer:
    """As it is kept; `chosen`: the keys to hide as somebody has just asked."""
    seen = offering.hidden(application_id)
    hidden = seen if chosen is None else chosen
    return Offer(tuple(Choice(key=source.key, title=title_of(source), enabled=source.enabled, offered=source.key not in hidden)
                       for source in register.fresh()), seen)


def offer_sent() -> Sent:
    """What the present form asks for."""
    offered, listed = (set(request.form.getlist(name)) for name in ("offered", "listed"))
    # A source that came meanwhile was not on the page: nobody has said that it is to be hidden.
    return Sent(frozenset(listed - offered), frozenset(request.form.getlist("seen")))
