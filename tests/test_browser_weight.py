"""What does a page weigh? By the browser's own network events: bytes after gzip, requests, and what a second visit costs."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.browsing import Person
from tests.browsing_states import IN_TOWN

pytest_plugins = ["tests.browsers", "tests.browsing_rooms", "tests.browsing_scan"]
PAGES = ["login fresh", "login wrong", "login too many tries", "bind fresh", "bind wrong number", "bind changing", "code binding",
         "code sent", "code wrong", "code dead", "code call to a machine", "step up", "home", "error 404", "scan fresh",
         "scan not confirmed yet", "scan asked on the phone", "scan confirmed"]
LONGEST = ["bind wrong number", "code wrong", "code call to a machine", "scan not confirmed yet", "scan asked on the phone"]


class Wire:
    """What one browser receives over the network: nothing of what it keeps."""

    def __init__(self, person: Person) -> None:
        self.session = person.context.new_cdp_session(person.page)
        self.kept: set[str] = set()
        self.received: dict[str, str] = {}
        self.weights: dict[str, int] = {}
        self.session.on("Network.requestServedFromCache", lambda event: self.kept.add(event["requestId"]))
        self.session.on("Network.responseReceived", self._receives)
        self.session.on("Network.loadingFinished", self._weighs)
        self.session.send("Network.enable")

    def _receives(self, event: dict[str, Any]) -> None:
        address, kept = event["response"]["url"], event["response"].get("fromDiskCache")
        if not kept and event["requestId"] not in self.kept and not address.startswith("data:"):
            self.received[event["requestId"]] = address

    def _weighs(self, event: dict[str, Any]) -> None:
        if event["requestId"] in self.received:
            body = self.session.send("Network.getResponseBody", {"requestId": event["requestId"]})
            self.weights[self.received[event["requestId"]]] = len(gzip.compress(body["body"].encode(), 6))

    def is_quiet(self) -> bool:
        """Whether something has come, and nothing is on its way."""
        return bool(self.received) and set(self.received.values()) <= set(self.weights)


@contextmanager
def weighing(person: Person) -> Iterator[dict[str, int]]:
    """The weight of each answer that comes while the block runs, by address, what a script asks for aside."""
    weights: dict[str, int] = {}
    wire = Wire(person)
    yield weights
    person.page.wait_for_load_state("load")
    person.page.wait_for_timeout(150)
    person.awaits(wire.is_quiet, "all that was received to be weighed")
    weights.update({address: weight for address, weight in wire.weights.items() if "/state" not in address})


def cold(person: Person) -> dict[str, int]:
    """What the page that is open costs somebody who has never been here."""
    session = person.context.new_cdp_session(person.page)
    session.send("Network.enable")
    session.send("Network.clearBrowserCache")
    with weighing(person) as weights:
        person.page.reload()
    return weights


@pytest.mark.parametrize(("state", "language"), [(state, "en-GB") for state in PAGES] + [(state, "zh-CN") for state in LONGEST])
def test_a_page_is_light(person: Callable[..., Person], state: str, language: str) -> None:
    somebody = person(locale=language)
    IN_TOWN[state](somebody)
    first = cold(somebody)
    assert len(first) == 4, first
    assert sum(first.values()) <= 8_000, first
    with weighing(somebody) as again:
        somebody.page.goto(somebody.page.url) if somebody.path != "/login/code/resend" else None
    assert len(again) == 1, again
    assert sum(again.values()) <= 2_000, again


def test_the_switches_are_light_too(person: Callable[..., Person]) -> None:
    somebody = person()
    IN_TOWN["settings"](somebody)
    assert sum(cold(somebody).values()) <= 12_000


def test_the_scale_weighs(person: Callable[..., Person]) -> None:
    somebody = person().opens("/login")
    with weighing(somebody) as weights:
        somebody.page.evaluate("fetch('/healthz').then(answer => answer.text())")
    assert [weight > 0 for weight in weights.values()] == [True]
