"""Is a scanned code answered once and used once, however many try at the same moment, on two processes and either database?"""

from __future__ import annotations

from collections import Counter
from functools import partial

from tests.conftest import PASSWORD
from tests.scans import field, number, scanned, shows
from tests.town import Town, at_once, post, twin
from tests.visitor import Visitor

pytest_plugins = ["tests.towns"]
CROWD = 20


def phone(town: Town) -> tuple[str, Visitor]:
    """Somebody who is signed in on a phone: their username, and its browser."""
    username, number_of = town.person()
    return username, town.visitor().logs_in(username, PASSWORD).enters_code(number_of)


def test_of_two_phones_at_once_one_confirms(town: Town) -> None:
    people = [phone(town) for _ in range(2)]
    for _ in range(10):
        screen = shows(town.visitor())
        to, right = scanned(screen), number(screen)
        for _, browser in people:
            browser.opens(to)
        answers = at_once(partial(post, path=to, number=right), [browser for _, browser in people])
        assert {answer.status for answer in answers} <= {303, 410}
        found = town.rows("SELECT state, user_id FROM scan_code WHERE number = :number ORDER BY id DESC", number=int(right))[0]
        assert found.state == "confirmed"
    confirmed = [len(town.events(username, "scan confirmed")) for username, _ in people]
    assert sum(confirmed) == 10


def test_many_numbers_at_once_are_one_try(town: Town) -> None:
    username, browser = phone(town)
    screen = shows(town.visitor())
    browser.opens(scanned(screen))
    offered = [node.get("value") for node in browser.form("number").fields if node.get("name") == "number"]
    at_once(lambda each: post(twin(browser), scanned(screen), number=each), offered * 3)
    answered = town.events(username, "scan confirmed") + town.events(username, "scan refused")
    assert len(answered) == 1


def test_a_confirmation_and_a_refusal_at_once_are_one_answer(town: Town) -> None:
    username, browser = phone(town)
    screen = shows(town.visitor())
    browser.opens(scanned(screen))
    ways = [scanned(screen), f"{scanned(screen)}/refuse"] * 5
    at_once(lambda way: post(twin(browser), way, number=number(screen)), ways)
    assert len(town.events(username, "scan confirmed") + town.events(username, "scan refused")) == 1


def test_of_many_uses_at_once_one_comes_in(town: Town) -> None:
    username, browser = phone(town)
    screen = shows(town.visitor())
    browser.opens(scanned(screen)).fills(number=number(screen)).submits("Confirm")
    before = len(town.events(username, "first factor passed"))
    code = field(screen, "code")
    browsers = [twin(screen) for _ in range(CROWD)]
    answers = at_once(lambda each: post(each, "/login/scan", code=code), browsers)
    assert Counter(answer.status for answer in answers) == {303: 1, 410: CROWD - 1}
    assert len(town.events(username, "first factor passed")) == before + 1
