"""Can what is shown once be copied with one key, by everybody, and be taken along without script?"""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from secrets import token_hex

import pytest

from tests.browsing import Person
from tests.browsing_states import IN_TOWN

pytest_plugins = ["tests.browsers", "tests.browsing_user_list"]
MakePerson = Callable[..., Person]
ALLOWED = {"permissions": ["clipboard-read", "clipboard-write"]}


def creates(person: Person, way: str) -> Person:
    person.is_inside(role="administrator").opens("/admin/users/new").fills(username=f"new-{token_hex(6)}")
    person.page.locator(f"[name=way][value={way}]").check()
    return person.submits("username")


def clipboard(person: Person) -> str:
    return str(person.page.evaluate("navigator.clipboard.readText()"))


@pytest.mark.parametrize(("way", "language", "key", "word"), [
    ("link", "en-GB", "Copy", "Copied"), ("generated", "en-GB", "Copy", "Copied"), ("link", "zh-CN", "复制", "已复制"),
])
def test_the_key_that_copies_follows_the_secret_and_says_that_it_did(
    person: MakePerson, way: str, language: str, key: str, word: str,
) -> None:
    somebody = creates(person(locale=language, **ALLOWED), way)
    secret = somebody.page.locator("#shown")
    somebody.page.locator("#shown:focus").wait_for()
    said = somebody.page.locator("[data-copied]")
    assert said.get_attribute("role") == "status"
    assert said.inner_text() == ""
    somebody.page.keyboard.press("Tab")
    assert somebody.page.evaluate("document.activeElement.innerText") == key
    somebody.page.keyboard.press("Enter")
    assert somebody.sees(word)
    assert said.inner_text() == word
    assert clipboard(somebody) == secret.input_value() != ""


def test_without_script_there_is_no_key_that_would_do_nothing(person: MakePerson) -> None:
    somebody = creates(person(java_script_enabled=False), "link")
    assert "/set-password/" in somebody.page.locator("#shown").input_value()
    assert not somebody.page.get_by_role("button", name="Copy").is_visible()


def test_where_the_browser_forbids_it_the_secret_is_selected(person: MakePerson) -> None:
    somebody = creates(person(), "link")
    somebody.page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('no')); }")
    somebody.button("Copy").click()
    secret = somebody.page.locator("#shown")
    assert secret.evaluate("field => field.value.slice(field.selectionStart, field.selectionEnd)") == secret.input_value()
    assert "Copied" not in somebody.said


def test_all_links_are_copied_line_by_line(person: MakePerson) -> None:
    somebody = person(**ALLOWED)
    IN_TOWN["password links"](somebody)
    somebody.button("Copy all").click()
    assert somebody.sees("Copied")
    lines = [line.split("\t") for line in clipboard(somebody).split("\n")]
    links = somebody.page.locator("bdi", has_text="/set-password/").all_inner_texts()
    assert [link for _who, link in lines] == links
    assert len(links) == 2


@pytest.mark.parametrize("script", [True, False])
def test_the_file_is_in_the_page_and_asks_the_portal_nothing(person: MakePerson, tmp_path: Path, script: bool) -> None:
    somebody = person(java_script_enabled=script)
    IN_TOWN["password links"](somebody)
    asked: list[str] = []
    somebody.page.on("request", lambda request: asked.append(request.url))
    with somebody.page.expect_download() as coming:
        somebody.page.get_by_role("link", name="Download CSV").click()
    coming.value.save_as(tmp_path / "links.csv")
    assert coming.value.suggested_filename == "password-links.csv"
    with (tmp_path / "links.csv").open(encoding="utf-8", newline="") as file:
        links = [row["link"] for row in csv.DictReader(file)]
    assert links == somebody.page.locator("bdi", has_text="/set-password/").all_inner_texts()
    assert [address for address in asked if not address.startswith("data:")] == []
