"""What does a round trip to an outside source consist of, below its pages?"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask

from portal import trace
from portal.models import RequestPurpose, SourceKind
from portal.sources.claims import Claimed
from portal.sources.faults import Fault, SourceFault, Steps
from portal.sources.register import Source
from tests.processes import until
from tests.provider import CLIENT_ID, SECRET, Provider

BROWSER, OTHER_BROWSER = b"b" * 32, b"o" * 32
CALLBACK = "http://localhost:5000/login/with/{name}/callback"


def add_source(
    app: Flask, name: str, *, secret: str | None = SECRET, kind: SourceKind = SourceKind.OIDC, **settings: Any,
) -> Source:
    """A source of that name; `settings` of its kind."""
    from portal.sources import register, upkeep
    from portal.sources.wanted import Asked

    given = {"client_id": CLIENT_ID} | settings
    with app.app_context():
        asked = Asked(kind=kind, title=name.title(), name=name, secret=secret, settings=given)
        made = upkeep.add(asked, trace.COMMAND, actor=trace.Actor("test"))
        assert isinstance(made, int), made
        return next(source for source in register.fresh() if source.id == made)


@dataclass
class Trip:
    """A browser that goes to a source and comes back."""

    app: Flask
    source: Source
    steps: Steps = field(default_factory=Steps)
    state: str = ""

    @property
    def callback(self) -> str:
        return CALLBACK.format(name=self.source.name)

    def goes(self, purpose: RequestPurpose = RequestPurpose.LOG_IN, **about: Any) -> str:
        """The address to which the browser is sent."""
        from portal.sources import outside, requests

        with self.app.app_context():
            opened = requests.begin(self.source, purpose, browser=BROWSER, trial_id=None, **about)
            self.state = opened.state
            return outside.authorization_url(self.source, opened, self.callback, steps=self.steps)

    def comes_back(self, params: dict[str, str]) -> Claimed:
        """Whom the source names."""
        from portal.sources import outside, requests

        with self.app.app_context():
            request = requests.answered(params.get("state", ""), browser=BROWSER, trial_id=None)
            assert request is not None, "no request of that state"
            return outside.claimed(self.source, request, params, self.callback, steps=self.steps)

    def whole(self, provider: Provider, purpose: RequestPurpose = RequestPurpose.LOG_IN) -> Claimed:
        """There and back again."""
        return self.comes_back(provider.says_yes(self.goes(purpose)))

    def fails(self, provider: Provider, purpose: RequestPurpose = RequestPurpose.LOG_IN) -> Fault:
        """Why it ends nowhere."""
        with pytest.raises(SourceFault) as raised:
            self.whole(provider, purpose)
        return raised.value.reason


@pytest.fixture
def provider() -> Iterator[Provider]:
    """A provider that tells the truth."""
    with Provider() as running:
        yield running


@pytest.fixture
def trip(app: Flask, provider: Provider) -> Trip:
    """A browser, and a source that is set to `provider`."""
    return Trip(app, add_source(app, "acme", issuer=provider.url))


@pytest.fixture(autouse=True)
def nothing_rests() -> Iterator[None]:
    """A talk that hangs would hold its slot into the next test."""
    yield
    until(lambda: not talks(), what="the talks to end")


def talks() -> list[str]:
    """The talks with sources that are not over, whether or not anybody still waits for them."""
    return [each.name for each in threading.enumerate() if each.name == "talk with a source"]
