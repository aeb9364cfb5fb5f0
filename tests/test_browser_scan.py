"""Does somebody come in who holds a phone before a screen, in two browsers, with the picture read off the screen?"""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.browsing import PHONE, Person
from tests.processes import program

pytest_plugins = ["tests.browsers"]
MakePerson = Callable[..., Person]


def read(screen: Person, folder: Path) -> str:
    """What a camera reads off the screen: the address in the picture."""
    shot = folder / "screen.png"
    screen.page.screenshot(path=shot)
    seen = subprocess.run([program("zbarimg"), "-q", "--raw", str(shot)], capture_output=True, text=True, check=True)
    return seen.stdout.strip()


def number(screen: Person) -> str:
    return str(screen.page.locator("svg text").text_content())


def choose(phone: Person, chosen: str) -> Person:
    phone.page.get_by_label(chosen, exact=True).check()
    return phone.presses("Confirm")


@pytest.mark.parametrize("about", [
    {}, {"color_scheme": "dark"}, {"forced_colors": "active", "color_scheme": "dark"}, {"viewport": PHONE},
    {"device_scale_factor": 2},
], ids=str)
def test_the_screen_goes_on_by_itself(person: MakePerson, tmp_path: Path, about: dict[str, object]) -> None:
    phone = person(viewport=PHONE, has_touch=True, is_mobile=True).is_home()
    texts = phone.town.visitor()
    texts.reads_code(phone.number)
    screen = person(**about).opens("/login")
    with screen.arriving():
        screen.page.get_by_role("link", name="Scan code").click()
    phone.opens(read(screen, tmp_path))
    assert phone.sees("Headless Chrome on Linux", "127.0.0.1")
    choose(phone, number(screen))
    assert phone.sees("Confirmed")
    screen.page.wait_for_url("**/login/code")
    screen.fills(code=texts.reads_code(phone.number)).submits("code")
    assert screen.heading == phone.opens("/").heading


def test_without_script_the_button_goes_on(person: MakePerson, tmp_path: Path) -> None:
    phone = person(viewport=PHONE, java_script_enabled=False).is_home()
    screen = person(java_script_enabled=False).opens("/login/scan")
    screen.presses("I have confirmed")
    assert screen.sees("The phone has not confirmed yet")
    phone.opens(read(screen, tmp_path))
    choose(phone, number(screen))
    screen.presses("I have confirmed")
    assert screen.heading == "Verification code login"


def test_a_code_that_was_sent_to_somebody_is_not_approved_blindly(person: MakePerson, tmp_path: Path) -> None:
    """The victim does not see the attacker's screen: five of six numbers end the code for good."""
    victim = person(viewport=PHONE).is_home()
    attacker = person().opens("/login/scan")
    victim.opens(read(attacker, tmp_path))
    right = number(attacker)
    offered = victim.page.get_by_role("radio").evaluate_all("all => all.map(each => each.value)")
    choose(victim, next(each for each in offered if each != right))
    assert victim.sees("That was another number")
    assert attacker.sees("Another number was chosen")
    assert attacker.opens("/").path == "/login"


def test_who_refuses_is_heard_on_the_screen_and_a_new_code_is_one_press_away(person: MakePerson, tmp_path: Path) -> None:
    phone = person(viewport=PHONE).is_home()
    screen = person().opens("/login/scan")
    first = read(screen, tmp_path)
    phone.opens(first).presses("Refuse: it was not me")
    assert screen.sees("Refused on the phone")
    with screen.arriving():
        screen.page.get_by_role("link", name="Show a new code").click()
    assert screen.sees("Waiting for the phone")
    assert read(screen, tmp_path) not in ("", first)


def test_a_page_that_nobody_looks_at_does_not_ask(person: MakePerson) -> None:
    screen = person().opens("/login/scan")
    asked: list[str] = []
    screen.page.on("request", lambda request: asked.append(request.url))
    screen.page.evaluate("""() => {
      Object.defineProperty(document, "hidden", { value: true, configurable: true });
      document.dispatchEvent(new Event("visibilitychange"));
    }""")
    screen.page.wait_for_timeout(4000)
    assert len(asked) <= 1
    screen.page.evaluate("""() => { delete document.hidden; document.dispatchEvent(new Event("visibilitychange")); }""")
    screen.awaits(lambda: asked, "the page to ask")


def test_a_page_whose_code_is_over_stops_asking_and_says_so(person: MakePerson) -> None:
    """Another login in the same browser has taken the code away: no picture stays to be scanned in vain."""
    screen = person().opens("/login/scan")
    screen.context.clear_cookies()
    assert screen.sees("The code has expired.")
    assert not screen.page.get_by_role("button", name="I have confirmed").is_visible()
    asked: list[str] = []
    screen.page.on("request", lambda request: asked.append(request.url))
    screen.page.wait_for_timeout(3000)
    assert asked == []


def test_by_keyboard_alone(person: MakePerson) -> None:
    phone = person(viewport=PHONE).is_home()
    screen = person().opens("/login/scan")
    phone.opens("/scan/" + screen.field("code").input_value())
    phone.page.keyboard.press("Tab")
    while phone.page.evaluate("document.activeElement.name") != "number":
        phone.page.keyboard.press("Tab")
    while not phone.page.get_by_label(number(screen), exact=True).is_checked():
        phone.page.keyboard.press("ArrowDown")
    with phone.arriving():
        phone.page.keyboard.press("Enter")
    assert phone.sees("Confirmed")


def test_the_letters_do_where_nothing_can_be_scanned(person: MakePerson) -> None:
    phone = person(viewport=PHONE).is_home()
    screen = person().opens("/login/scan")
    screen.page.get_by_text("Type letters instead").click()
    letters = screen.page.locator("details b").inner_text()
    with phone.arriving():
        phone.opens("/").page.get_by_role("link", name="Scan code login").click()
    phone.fills(letters=letters.lower()).submits("letters")
    choose(phone, number(screen))
    screen.page.wait_for_url("**/login/code")
