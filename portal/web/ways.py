"""Which ways to log in does a page of the login offer, and which of them leads?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import current_app, url_for

from portal.models import SourceKind
from portal.sources.register import Source
from portal.web import came_for

_ENDPOINTS = {SourceKind.PASSWORD: "login.show", SourceKind.SCAN: "scan.show"}
_OUTSIDE = "outside.go"


@dataclass(frozen=True)
class Way:
    """One way to log in: its kind, where its link leads, what an outside source is called, and whether this page is it."""

    kind: SourceKind
    url: str
    title: str = ""
    current: bool = False


@dataclass(frozen=True, kw_only=True)
class Ways:
    """What a login page offers. `tabs`: password and scanned code, where there are both. `lead`: the one button that leads,
    where an administrator prefers a source to the password. `outside`: all other outside sources."""

    password: bool
    tabs: tuple[Way, ...]
    lead: Way | None
    outside: tuple[Way, ...]

    @property
    def none(self) -> bool:
        """Whether nothing is offered: every source of an application was turned off later."""
        return self.lead is None and self.nothing_else

    @property
    def nothing_else(self) -> bool:
        """Whether the leading button is all there is."""
        return not (self.password or self.tabs or self.outside)


def ways(offered: Sequence[Source], current: SourceKind = SourceKind.PASSWORD) -> Ways:
    """The ways among the offered sources, on the page of the `current` one."""
    offered = [source for source in offered if _ENDPOINTS.get(source.kind, _OUTSIDE) in current_app.view_functions]
    kinds = {source.kind for source in offered}
    leads = (source for source in offered if source.preferred and source.kind not in (SourceKind.PASSWORD, current))
    preferred = next(leads, None)
    outside = tuple(_way(source) for source in offered if source.is_outside and source is not preferred)
    return Ways(password=SourceKind.PASSWORD in kinds, tabs=_tabs(kinds, current), outside=outside,
                lead=_way(preferred) if preferred and current is SourceKind.PASSWORD else None)


def _tabs(kinds: set[SourceKind], current: SourceKind) -> tuple[Way, ...]:
    """None where there is only one of them, unless it lies on another page."""
    shown = [kind for kind in _ENDPOINTS if kind in kinds]
    if shown in ([], [current]):
        return ()
    kept = came_for.kept()
    return tuple(Way(kind, url_for(_ENDPOINTS[kind], **kept), current=kind is current) for kind in shown)


def _way(source: Source) -> Way:
    if source.kind is SourceKind.SCAN:
        return Way(source.kind, url_for(_ENDPOINTS[source.kind], **came_for.kept()))
    return Way(source.kind, url_for(_OUTSIDE, name=source.name, **came_for.kept()), source.title)
