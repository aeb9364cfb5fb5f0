"""Which protocol does an outside source speak to which a browser is sent? What they need is loaded with the first who asks."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any, Protocol, cast

from portal.models import SourceKind
from portal.sources.claims import Claimed
from portal.sources.faults import Steps
from portal.sources.register import Source
from portal.sources.requests import Opened, Request

REDIRECTING = frozenset({SourceKind.OIDC, SourceKind.OAUTH})
"""The kinds that ask the person on pages of their own; the others are asked from a form of ours."""


def confirms(source: Source) -> bool:
    """Whether it asks a person anew, so that its word is one of now.

    An OAuth source lets everybody through at once who is still logged in there, whoever finds a browser left open, too.
    """
    return source.kind is not SourceKind.OAUTH


class _Spoken(Protocol):
    def authorization_url(self, source: Source, opened: Opened, redirect_uri: str, *, steps: Steps | None = None) -> str: ...

    def claimed(
        self, source: Source, request: Request, params: Mapping[str, str], redirect_uri: str, *, steps: Steps | None = None,
    ) -> Claimed: ...


def authorization_url(source: Source, opened: Opened, redirect_uri: str, *, steps: Steps | None = None) -> str:
    """Where to send the browser. `redirect_uri` is the source's own callback. Raises SourceFault, Busy."""
    return _spoken(source).authorization_url(source, opened, redirect_uri, steps=steps)


def claimed(
    source: Source, request: Request, params: Mapping[str, str], redirect_uri: str, *, steps: Steps | None = None,
) -> Claimed:
    """Whom the source names in its answer, checked. `params` are those of the callback's address. Raises SourceFault, Busy.

    `request` is what `requests.answered` has just given for the answer's state, so that no answer counts twice.
    """
    return _spoken(source).claimed(source, request, params, redirect_uri, steps=steps)


def _spoken(source: Source) -> _Spoken:
    """A web process does not load `requests` and what stands on it until somebody takes such a way in."""
    rooms: dict[SourceKind, Any] = {SourceKind.OIDC: "portal.sources.oidc", SourceKind.OAUTH: "portal.sources.oauth"}
    return cast(_Spoken, import_module(rooms[source.kind]))
