"""Is somebody called with Chromium: with its script and without, by keyboard, and does the page follow the call?"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Route

from tests.browsing import Person
from tests.gateway import Gateway
from tests.gateways import add_gateway
from tests.hooks import SIGNATURE_SECRET, STATUS, VOICE, hook, status
from tests.processes import until
from tests.town import ROOMY, Town, town_of
from tests.transports import OverNetwork

pytest_plugins = ["tests.browsers"]
MakePerson = Callable[..., Person]
NO_PAUSE = "DELETE FROM allowance WHERE key = :pause"


def waited(person: Person) -> Person:
    """Somebody at the code page whose pause after the first text is over."""
    person.at_code_page().reads_code()
    person.town.writes(NO_PAUSE, pause=f"pause:{person.number}")
    return person.opens("/login/code")


@pytest.mark.parametrize("script", [True, False])
def test_somebody_is_called_and_comes_in(person: MakePerson, script: bool) -> None:
    somebody = waited(person(java_script_enabled=script))
    somebody.presses("Call me instead")
    assert somebody.path == "/login/code"
    somebody.fills(code=somebody.hears_code()).submits("code")
    assert somebody.path == "/"


def test_somebody_is_called_with_the_keyboard_alone(person: MakePerson) -> None:
    somebody = waited(person())
    somebody.button("Call me instead").focus()
    with somebody.arriving():
        somebody.page.keyboard.press("Enter")
    somebody.types(somebody.hears_code())
    with somebody.arriving():
        somebody.page.keyboard.press("Enter")
    assert somebody.path == "/", somebody.said


def test_both_buttons_count_down(person: MakePerson) -> None:
    somebody = person().at_code_page()
    clocks = somebody.page.locator("[data-seconds]")
    before = clocks.all_inner_texts()
    somebody.page.wait_for_timeout(2_100)
    after = clocks.all_inner_texts()
    assert len(before) == 2
    assert all("in 0:00" < now < then for now, then in zip(after, before, strict=True)), (before, after)


@pytest.mark.parametrize(("state", "reason", "said"), [
    ("delivered", None, "Text message delivered."),
    ("failed", "absent", "Your phone could not be reached."),
    ("failed", "number", "That number cannot receive text messages. Check the number or ask your administrator."),
])
def test_a_receipt_that_comes_later_is_shown_by_itself(person: MakePerson, state: str, reason: str | None, said: str) -> None:
    somebody = person().at_code_page()
    assert somebody.sees("Text message sent.")
    somebody.town.writes("UPDATE message SET state = :state, reason = :reason WHERE phone = :phone", phone=somebody.number,
                         state=state, reason=reason)
    assert somebody.page.locator(f"#state.{state}").inner_text().startswith(said)


def test_the_page_asks_politely_and_stops_when_nothing_changes_any_more(person: MakePerson) -> None:
    somebody = person().at_code_page()
    asked: list[float] = []
    somebody.page.on("request", lambda request: asked.append(1) if "/state" in request.url else None)
    somebody.sees("Text message sent.")
    asked.clear()
    somebody.page.wait_for_timeout(6_000)
    assert len(asked) <= 2
    somebody.awaits(lambda: asked, "the page to ask")
    somebody.town.writes("UPDATE message SET state = 'delivered' WHERE phone = :phone", phone=somebody.number)
    somebody.page.locator("#state.delivered").wait_for()
    asked.clear()
    somebody.page.wait_for_timeout(6_000)
    assert not asked


def becomes(person: Person, state: str, reason: str | None = None) -> None:
    """A receipt says so of this person's message."""
    person.town.writes("UPDATE message SET state = :state, reason = :reason WHERE phone = :phone", phone=person.number,
                       state=state, reason=reason)


def test_a_message_that_nobody_knows_of_is_followed_until_somebody_does(person: MakePerson) -> None:
    somebody = person().at_code_page()
    somebody.sees("Text message sent.")
    becomes(somebody, "unknown", "time-out")
    somebody.page.locator("#state.unknown").wait_for()
    becomes(somebody, "delivered")
    assert somebody.page.locator("#state.delivered").inner_text().startswith("Text message delivered.")


@pytest.mark.parametrize("answer", ["none", "503"])
def test_a_page_that_was_not_answered_once_asks_again(person: MakePerson, answer: str) -> None:
    somebody = person().at_code_page()
    somebody.sees("Text message sent.")
    unanswered: list[str] = []

    def fails(route: Route) -> None:
        unanswered.append(route.request.url)
        route.fulfill(status=503) if answer == "503" else route.abort()

    somebody.page.route("**/state?*", fails, times=1)
    somebody.awaits(lambda: unanswered, "the page to ask")
    becomes(somebody, "delivered")
    somebody.page.locator("#state.delivered").wait_for()
    somebody.complaints.clear()


def test_a_page_whose_text_failed_becomes_by_itself_what_a_reload_shows(person: MakePerson) -> None:
    somebody = person().at_code_page()
    somebody.sees("Text message sent.", "Enter the 6-digit code from the text message.")
    somebody.town.writes(NO_PAUSE, pause=f"pause:{somebody.number}")
    becomes(somebody, "failed", "number")
    with somebody.arriving():
        pass
    card = somebody.page.locator("main").inner_text()
    assert "Check the number or ask your administrator." in card
    assert "from the text message" not in card
    assert somebody.button("Send the code again").is_enabled()
    assert somebody.button("Call me instead").is_enabled()
    assert somebody.field("code").evaluate("field => field === document.activeElement")
    assert somebody.opens("/login/code").page.locator("main").inner_text() == card


def test_what_somebody_types_is_not_lost_when_the_text_is_said_to_have_failed(person: MakePerson) -> None:
    somebody = person().at_code_page()
    somebody.sees("Text message sent.")
    somebody.field("code").type("123")
    becomes(somebody, "failed", "absent")
    assert somebody.page.locator("#state.failed").inner_text().startswith("Your phone could not be reached.")
    somebody.page.wait_for_timeout(500)
    assert somebody.field("code").input_value() == "123"


def test_whoever_has_no_script_looks_again_by_a_link(person: MakePerson) -> None:
    somebody = person(java_script_enabled=False).at_code_page()
    somebody.reads_code()
    somebody.town.writes("UPDATE message SET state = 'delivered' WHERE phone = :phone", phone=somebody.number)
    with somebody.arriving():
        somebody.page.get_by_role("link", name="Check again").click()
    assert somebody.sees("Text message delivered.")
    assert somebody.page.get_by_role("link", name="Check again").count() == 0


@pytest.fixture(scope="module")
def gateway() -> Iterator[Gateway]:
    with Gateway() as running:
        yield running


@pytest.fixture(scope="module")
def calling_town(gateway: Gateway) -> Iterator[Town]:
    """A portal whose texts and calls leave by Vonage."""
    with town_of(**ROOMY, **gateway.settings(signed=True), VONAGE_SIGNATURE_SECRET=SIGNATURE_SECRET) as town:
        add_gateway(town.app, "calls", kind="vonage-voice", sender="+4915700000000", secrets={})
        yield town


def test_a_gateway_that_calls_is_told_what_to_say(person: MakePerson, gateway: Gateway, calling_town: Town) -> None:
    somebody = person(calling_town).at_code_page()
    until(lambda: bool(gateway.texts(somebody.number)), what="the text")
    code = gateway.texts(somebody.number)[0][:6]
    calling_town.writes(NO_PAUSE, pause=f"pause:{somebody.number}")
    somebody.opens("/login/code").presses("Call me instead")
    assert somebody.sees("We are calling you. Your phone rings in a moment.")
    calls = [call for call in gateway.calls if f"+{call.to}" == somebody.number]
    assert [call.text for call in calls] == [
        f"This is Portal. Your code is: {', '.join(code)}. Once more: {', '.join(code)}. Never share it with anyone."]
    assert not gateway.faults
    somebody.fills(code=code).submits("code")
    assert somebody.path == "/"


def newest(person: Person) -> tuple[int, str]:
    """The newest message to this person, and what the gateway calls it."""
    of_phone = "SELECT id, reference FROM message WHERE phone = :phone ORDER BY id DESC LIMIT 1"
    [found] = person.town.rows(of_phone, phone=person.number)
    return found.id, found.reference


def test_the_page_says_what_a_receipt_and_then_the_events_of_a_call_say(person: MakePerson, calling_town: Town) -> None:
    somebody, portal = person(calling_town).at_code_page(), OverNetwork(calling_town.portal.url)
    assert somebody.sees("Text message sent.")
    message, reference = newest(somebody)
    assert hook(STATUS, status(message, "undeliverable", reference=reference, error="1190")).arrives(portal).status == 200
    assert somebody.sees("Your phone could not be reached.")
    calling_town.writes(NO_PAUSE, pause=f"pause:{somebody.number}")
    somebody.opens("/login/code").presses("Call me instead")
    assert somebody.sees("We are calling you.")
    event = {"uuid": newest(somebody)[1], "timestamp": "2026-11-28T12:14:25Z", "direction": "outbound"}
    assert hook(VOICE, event | {"status": "ringing"}).arrives(portal).status == 200
    assert hook(VOICE, event | {"status": "busy"}).arrives(portal).status == 200
    assert somebody.page.locator("#state.failed").inner_text().startswith("The line was busy.")
    assert somebody.button("Call me again").count() == 1
