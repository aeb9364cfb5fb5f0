"""Is every page, in every state, one that anybody can see, read and use? Asked of Chromium, in both themes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import ViewportSize

from tests.browsing import DESKTOP, PHONE, Person
from tests.browsing_states import IN_TOWN, IN_VILLAGE
from tests.town import Town

pytest_plugins = ["tests.browsers", "tests.browsing_rooms", "tests.browsing_applications", "tests.browsing_proofs",
                  "tests.browsing_experience", "tests.browsing_users", "tests.browsing_user_list", "tests.browsing_imports",
                  "tests.browsing_scan", "tests.browsing_outside", "tests.browsing_sources", "tests.browsing_wording",
                  "tests.browsing_texts", "tests.browsing_protection", "tests.browsing_alarms"]
AXE = Axe()
EVERYTHING = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
COLOURS = {"resultTypes": ["violations"], "runOnly": ["color-contrast", "link-in-text-block"]}
"""What depends on the theme."""
SMALL_TARGETS = """() => [...document.querySelectorAll("a, button, input, select, summary")].flatMap(node => {
  const own = node.labels?.[0]?.contains(node) ? node.labels[0] : node;
  const box = own.getBoundingClientRect(), sentence = node.closest("p:not(.last)")?.innerText.trim() !== node.innerText?.trim();
  const isIn = node.matches("a") && node.closest("p:not(.last)") && sentence;
  const hidden = !node.checkVisibility() || node.type === "hidden" || node.matches(".unseen, .skip");
  const fits = hidden || isIn || (box.width >= 44 && box.height >= 44);
  return fits ? [] : [`${own.outerHTML.slice(0, 90)} ${box.width}x${box.height}`];
})"""
SIDEWAYS = """() => document.scrollingElement.scrollWidth > innerWidth
  ? [...document.querySelectorAll("body *")].filter(node => node.getBoundingClientRect().right > innerWidth + 1)
    .map(node => node.outerHTML.slice(0, 90)) : []"""
NARROW, ZOOMED = ViewportSize(width=320, height=640), ViewportSize(width=640, height=400)
"""A small phone; and the desktop at 200 %."""


def violations(answer: dict[str, Any]) -> list[str]:
    return [f"{each['id']}: {node['html'][:120]}" for each in answer["violations"] for node in each["nodes"]]


def faults(person: Person) -> dict[str, list[str]]:
    """Contrast, names, roles and order by axe in both themes; targets on a phone; nothing sideways when narrow or zoomed."""
    found: dict[str, list[str]] = {}
    person.page.emulate_media(color_scheme="light", reduced_motion="reduce")
    found["light"] = violations(AXE.run(person.page, options=EVERYTHING).response)
    person.page.emulate_media(color_scheme="dark")
    found["dark"] = violations(person.page.evaluate("options => axe.run(options)", COLOURS))
    for name, size, question in (("phone", PHONE, SMALL_TARGETS), ("narrow", NARROW, SIDEWAYS), ("zoomed", ZOOMED, SIDEWAYS)):
        person.page.set_viewport_size(size)
        found[name] = person.page.evaluate(question)
    person.page.set_viewport_size(DESKTOP)
    return {name: faults for name, faults in found.items() if faults}


@pytest.mark.parametrize("state", IN_TOWN)
def test_every_page_is_fit_for_anybody(person: Callable[..., Person], state: str) -> None:
    somebody = person()
    IN_TOWN[state](somebody)
    assert not faults(somebody)


@pytest.mark.parametrize("state", IN_VILLAGE)
def test_pages_at_the_edges_are_fit_for_anybody(person: Callable[..., Person], village: Town, state: str) -> None:
    address = f"198.51.100.{list(IN_VILLAGE).index(state) + 1}"
    somebody = person(village, extra_http_headers={"X-Forwarded-For": address})
    IN_VILLAGE[state](somebody)
    assert not faults(somebody)


def test_axe_and_the_measures_find_what_is_wrong(person: Callable[..., Person]) -> None:
    somebody = person().opens("/login")
    somebody.page.evaluate("""() => {
      document.querySelector("label").remove();
      document.querySelector(".go").style.minHeight = document.querySelector(".go").style.padding = "0";
      document.querySelector("label").style.color = "#777";
      document.querySelector(".card").style.minWidth = "700px";
    }""")
    found = faults(somebody)
    assert any("label" in each for each in found["light"])
    assert any("color-contrast" in each for each in found["dark"])
    assert {"phone", "narrow", "zoomed"} <= set(found)
