"""Do the switches tell what they will do, and the rest of the portal keep its word, in a browser?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browsing import Person
from tests.browsing_rooms import archive
from tests.conftest import PASSWORD

pytest_plugins = ["tests.browsers"]
MakePerson = Callable[..., Person]


def at_switches(person: Person) -> Person:
    """An administrator before the switches of an application: they may be thrown without touching anybody else."""
    person.is_home(administrator=True)
    return person.opens(f"{archive(person)}/security")


def switch(person: Person, place: int = 0) -> Any:
    return person.page.get_by_role("switch").nth(place)


def saves(person: Person) -> Person:
    """Save, and go on where a question is asked."""
    person.submits("version")
    if person.heading == "Save these changes?":
        person.presses("Save changes")
    return person


def bar(person: Person) -> str:
    return person.page.locator(".bar strong").inner_text()


def test_the_bar_counts_what_is_not_saved_and_undo_takes_it_back(person: MakePerson) -> None:
    somebody = at_switches(person())
    before = switch(somebody).is_checked()
    assert (bar(somebody), somebody.page.get_by_role("link", name="Undo").is_visible()) == ("", False)
    switch(somebody).click()
    assert bar(somebody) == "1 unsaved change"
    switch(somebody, 1).click()
    assert bar(somebody) == "2 unsaved changes"
    switch(somebody, 1).click()
    with somebody.arriving():
        somebody.page.get_by_role("link", name="Undo").click()
    assert (bar(somebody), switch(somebody).is_checked()) == ("", before)


@pytest.mark.parametrize("script", [True, False])
def test_a_switch_is_thrown_and_put_back(person: MakePerson, script: bool) -> None:
    somebody = at_switches(person(java_script_enabled=script))
    before = switch(somebody).is_checked()
    switch(somebody).click()
    saves(somebody)
    assert somebody.sees("Saved. It holds at once.")
    assert switch(somebody).is_checked() is not before
    somebody.presses(f"Put back to {'On' if before else 'Off'} SMS verification code")
    if somebody.heading == "Save these changes?":
        somebody.presses("Save changes")
    assert switch(somebody).is_checked() is before


def test_the_switches_are_thrown_with_the_keyboard_alone(person: MakePerson) -> None:
    somebody = at_switches(person())
    before = switch(somebody).is_checked()
    keys = somebody.page.keyboard
    keys.press("Tab")
    assert somebody.page.evaluate("document.activeElement.innerText") == "Skip to content"
    for _ in range(40):
        keys.press("Tab")
        if somebody.page.evaluate("document.activeElement.name") == switch(somebody).get_attribute("name"):
            break
    keys.press("Space")
    assert bar(somebody) == "1 unsaved change"
    with somebody.arriving():
        keys.press("Enter")
    if somebody.heading == "Save these changes?":
        somebody.presses("Save changes")
    assert somebody.sees("Saved. It holds at once.")
    assert switch(somebody).is_checked() is not before


COVERED = """() => {
  const node = document.activeElement, bar = document.querySelector(".bar"), top = bar.getBoundingClientRect().top;
  const sticks = getComputedStyle(bar).position === "sticky" && !bar.contains(node) && node.closest("form .panel");
  return sticks && node.getBoundingClientRect().bottom > top ? node.outerHTML : "";
}"""


def test_what_is_focused_is_never_under_the_bar(person: MakePerson) -> None:
    somebody = at_switches(person())
    for _ in range(30):
        somebody.page.keyboard.press("Tab")
        assert not somebody.page.evaluate(COVERED)


def test_a_switch_that_somebody_else_threw_meanwhile_is_not_thrown_blindly(person: MakePerson) -> None:
    somebody, other = at_switches(person()), at_switches(person())
    before = switch(somebody).is_checked()
    switch(other, 1).click()
    saves(other)
    assert other.sees("Saved. It holds at once.")
    switch(somebody).click()
    somebody.submits("version")
    assert somebody.sees("Somebody threw a switch meanwhile.", "1 unsaved change")
    saves(somebody)
    assert somebody.sees("Saved. It holds at once.")
    assert switch(somebody).is_checked() is not before


def test_nothing_personal_comes_back_after_logging_out(person: MakePerson) -> None:
    somebody = at_switches(person())
    somebody.presses("Log out")
    for _ in range(3):
        somebody.page.go_back()
        assert somebody.path in ("/login", "/login/code"), somebody.path
        assert "Multi-factor authentication" not in somebody.said


def test_a_page_that_the_browser_kept_can_be_sent_again(person: MakePerson) -> None:
    somebody = person()
    username = somebody.is_new()
    somebody.opens("/login").fills(identifier=username, password="not the password")
    somebody.page.route("**/login", lambda asked: asked.abort("aborted") if asked.request.method == "POST" else asked.continue_())
    with somebody.page.expect_event("requestfailed"):
        somebody.button("Log in").click()
    somebody.page.unroute_all()
    assert somebody.path == "/login"
    somebody.page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    somebody.fills(identifier=username, password=PASSWORD).submits("password")
    assert somebody.path == "/login/code"
    somebody.complaints.clear()


def test_back_from_the_code_page_and_on_again(person: MakePerson) -> None:
    somebody = person().at_code_page()
    code = somebody.reads_code()
    somebody.page.go_back()
    assert somebody.path == "/login"
    somebody.page.go_forward()
    somebody.fills(code=code).submits("code")
    assert somebody.path == "/"


def test_two_tabs_end_in_the_same_place(person: MakePerson) -> None:
    somebody = person().at_code_page()
    other = somebody.new_page()
    other.goto("/login/code")
    code = somebody.reads_code()
    somebody.fills(code=code).submits("code")
    other.locator("#code").fill(code)
    other.get_by_text("This page is out of date").wait_for()
    other.get_by_role("link", name="Go on").click()
    expect(other.get_by_text(somebody.heading)).to_be_visible()
