"""Does somebody succeed who has the product guide alone, sentence by sentence, from a portal in which there is nobody yet?"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.browsing import PHONE, Person
from tests.guide import Reader
from tests.guide_chapters import Walk, follow_the_guide
from tests.town import ROOMY, Town, town_of

TWO_COUNTRIES = ROOMY | {"PORTAL_COUNTRIES": "DE,CN", "PORTAL_HOME_COUNTRY": "DE"}
AXE = Axe()
EVERYTHING = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}


class Looks:
    """What is looked at on every page that somebody comes by: once each, whatever ids its address holds."""

    def __init__(self) -> None:
        self.seen: set[tuple[str, str]] = set()

    def __call__(self, page: Page) -> None:
        heading = page.get_by_role("heading", level=1).inner_text()
        assert page.evaluate("document.scrollingElement.scrollWidth <= innerWidth"), f"{heading} scrolls sideways"
        here = re.sub(r"\d+|\?.*|(?<=administrator/).*|(?<=password/).*", "", urlsplit(page.url).path), heading
        if here not in self.seen:
            self.seen.add(here)
            found = AXE.run(page, options=EVERYTHING).response["violations"]
            assert not found, (here, [(each["id"], each["nodes"][0]["html"]) for each in found])


def is_in_chinese(page: Page) -> None:
    assert page.locator("html").get_attribute("lang") == "zh-Hans"


VARIANTS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "on a desktop": ({}, {"looks": Looks()}),
    "on a phone": ({"viewport": PHONE}, {"looks": Looks()}),
    "without script": ({"java_script_enabled": False}, {}),
    "by the keyboard": ({}, {"keyboard": True}),
    "in Chinese": ({"locale": "zh-CN"}, {"is_chinese": True, "looks": is_in_chinese}),
}


@contextmanager
def people(town: Town, browser: Browser, variant: str) -> Iterator[Callable[[], Reader]]:
    """Makes readers with browsers of that kind. None of these may have complained at the end; a failure says what they show."""
    about, reading = VARIANTS[variant]
    came: list[Person] = []

    def appear() -> Reader:
        came.append(Person(town, browser, **about))
        return Reader(came[-1], **reading)

    try:
        yield appear
    except Exception as error:
        pages = [page for each in came for page in each.context.pages]
        error.add_note("\n\n".join(f"{page.url}\n{page.locator('body').inner_text()}" for page in pages))
        raise
    finally:
        for each in came:
            each.context.close()
    assert not [complaint for each in came for complaint in each.complaints]


@pytest.mark.parametrize("variant", VARIANTS)
def test_whoever_follows_the_guide_succeeds(browser: Browser, variant: str) -> None:
    with town_of(**TWO_COUNTRIES) as town, people(town, browser, variant) as appear:
        assert follow_the_guide(Walk(town, appear)).role("button", "Log out").is_visible(), "no code is asked for in the end"
