"""Do the parts of the console's pages keep their word in a browser, with script and without?"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Route, expect

from tests.browsing import PHONE, Person
from tests.browsing_states import IN_TOWN
from tests.browsing_texts import own_name

pytest_plugins = ["tests.browsers"]
MakePerson = Callable[..., Person]
LIST, WINDOW = "/admin/applications", "/admin/applications/new"


def at_window(person: Person) -> Person:
    return person.is_inside(administrator=True).opens(WINDOW)


def window(person: Person) -> Any:
    return person.page.get_by_role("dialog", name="Create application")


def test_a_window_holds_the_focus_and_escape_leads_back(person: MakePerson) -> None:
    somebody = at_window(person())
    assert window(somebody).evaluate("dialog => dialog.matches(':modal')")
    assert somebody.is_in("name")
    for _ in range(20):
        somebody.page.keyboard.press("Tab")
        assert somebody.page.evaluate("document.activeElement === document.body || !!document.activeElement.closest('dialog')")
    somebody.page.keyboard.press("Escape")
    somebody.page.wait_for_url("**" + LIST)
    assert somebody.heading == "Self-built application"


def test_a_window_is_there_without_script(person: MakePerson) -> None:
    somebody = at_window(person(java_script_enabled=False))
    assert window(somebody).is_visible()
    assert somebody.field("name").is_visible()
    somebody.page.get_by_role("link", name="Close").click()
    somebody.page.wait_for_url("**" + LIST)


@pytest.mark.parametrize("address", [LIST, WINDOW, "/settings/mfa"])
def test_a_narrow_screen_scrolls_one_way(person: MakePerson, address: str) -> None:
    somebody = person(viewport=PHONE).is_inside(administrator=True).opens(address)
    assert somebody.page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]


def test_a_list_keeps_what_it_is_where_its_rows_are_cards(person: MakePerson) -> None:
    somebody = person(viewport=PHONE).is_inside(administrator=True).opens(LIST)
    row = somebody.page.get_by_role("row").filter(has=somebody.page.get_by_role("rowheader", name="Archive"))
    assert row.evaluate("row => getComputedStyle(row).display") == "block"
    assert row.get_by_role("cell").count() == somebody.page.get_by_role("columnheader").count() - 1


def test_the_menu_is_folded_on_a_narrow_screen_and_opens(person: MakePerson) -> None:
    somebody = person(viewport=PHONE).is_inside(administrator=True).opens(LIST)
    link = somebody.page.get_by_role("link", name="Multi-factor authentication")
    assert not link.is_visible()
    somebody.page.locator(".menu summary").click()
    assert link.is_visible()


def test_a_page_that_was_not_answered_once_goes_on_following_what_rings(person: MakePerson) -> None:
    somebody = person()
    IN_TOWN["gateways at night"](somebody)
    unanswered: list[str] = []

    def fails(route: Route) -> None:
        unanswered.append(route.request.url)
        route.fulfill(status=503)

    somebody.page.route("**/admin/settings/texts", fails, times=2)
    somebody.awaits(lambda: len(unanswered) == 2, "both parts to be asked for")
    somebody.town.writes("UPDATE alarm SET ended_at = :at WHERE subject = :name", at=time.time(), name=own_name(somebody))
    expect(somebody.page.locator("#now").get_by_text("It is over").first).to_be_visible()
    somebody.complaints.clear()
