"""Which portals do browsers visit? Fixtures, asked for by `pytest_plugins` where they are needed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from portal.signin import switches
from portal.trace import COMMAND, Actor
from tests.browsing import Person
from tests.people import add_application
from tests.servers import Portal
from tests.town import ROOMY, Town, town_of

COUNTRIES = "DE,AT,CH,CN,FR,GB,IT,ES,PT,NL,BE,DK,SE,NO,FI,PL,CZ,US,JP,BR"
"""Twenty: the longest picker for which the weight of a page is promised."""
TOWN = ROOMY | {"PORTAL_COUNTRIES": COUNTRIES, "PORTAL_HOME_COUNTRY": "DE"}
VILLAGE = ROOMY | {
    "PORTAL_COUNTRIES": "DE", "PORTAL_HOME_COUNTRY": "DE", "PORTAL_SENDER": "off", "PORTAL_PROXIES": "1", "WEB_CONCURRENCY": "1",
    "PORTAL_LIMIT_PASSWORD_PER_ADDRESS": "3", "PORTAL_LIMIT_REQUESTS_PER_ADDRESS": "3",
    "PORTAL_LIMIT_TEXTS_PER_SIGN_IN": "1", "PORTAL_RESEND_PAUSE": "1",
}
"""One country, no administrator, nobody who sends, and little patience with an address."""


@pytest.fixture(scope="session")
def lively_town() -> Iterator[Town]:
    """The portal that the browsers share: twenty countries, applications with rules of their own, a sender at work."""
    with town_of(**TOWN) as town:
        for name in ("Archive", "Travel"):
            add_application(town.app, name)
            with town.app.app_context():
                switches.turn({}, COMMAND, actor=Actor("test"), own={switches.scope_of(name): True})
        yield town


@pytest.fixture(scope="session")
def village() -> Iterator[Town]:
    """A portal at its edges; see VILLAGE. Each browser has an address of its own there."""
    portal = Portal(**VILLAGE)
    portal.start()
    town = Town(portal)
    yield town
    town.closes()
    portal.end()


@pytest.fixture
def person(lively_town: Town, browser: Browser) -> Iterator[Callable[..., Person]]:
    """Makes people with browsers: `person(java_script_enabled=False, locale="zh-CN")`. None may have complained at the end."""
    people: list[Person] = []

    def appear(town: Town = lively_town, **about: Any) -> Person:
        people.append(Person(town, browser, **about))
        return people[-1]

    yield appear
    complaints = [complaint for each in people for complaint in each.complaints]
    for each in people:
        each.context.close()
    assert not complaints, complaints
