"""Does the preview follow what somebody types, and does all of it work without script and with the keyboard?"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.browsing import Person
from tests.browsing_applications import administrator
from tests.browsing_wording import PREVIEW, SAVE, WORDING, at_own_words

pytest_plugins = ["tests.browsers", "tests.browsing_applications"]
MakePerson = Callable[..., Person]


def test_the_preview_follows_what_is_typed(person: MakePerson) -> None:
    somebody = administrator(person(), WORDING)
    somebody.fills(**{"en-body": "Hello – {code}"})
    assert somebody.sees("Hello – 482913", "because of –")
    somebody.fills(**{"en-body": "Hello {code} " + "long " * 40})
    assert somebody.sees("2 segments", "Each segment is paid for.")
    somebody.fills(**{"en-body": "Go to evil.com"})
    assert somebody.sees("Write {code} where the code shall stand.", "“evil.com” looks like an address.")
    somebody.page.reload()
    assert "Hello" not in somebody.page.locator("#en-shown").inner_text()
    assert somebody.page.locator("#zh-shown").inner_text().startswith("482913 是您的")


def test_a_preview_that_the_server_refuses_leaves_the_page_as_it_is(person: MakePerson) -> None:
    somebody = administrator(person(), WORDING)
    somebody.page.route("**/preview", lambda asked: asked.abort())
    before = somebody.page.locator("main").inner_html()
    with somebody.page.expect_event("requestfailed"):
        somebody.fills(**{"en-body": "Hello {code}"})
    assert somebody.page.locator("main").inner_html() == before
    assert somebody.field("en-body").input_value() == "Hello {code}"
    somebody.complaints.clear()


@pytest.mark.parametrize("script", [True, False])
def test_words_are_looked_at_saved_and_put_back(person: MakePerson, script: bool) -> None:
    somebody = at_own_words(person(java_script_enabled=script)).fills(**{"en-body": "{application}: {code}"})
    somebody.presses(PREVIEW)
    assert somebody.sees(f"Tool {somebody.number}: 482913")
    assert somebody.field("en-body").input_value() == "{application}: {code}"
    somebody.presses(SAVE)
    assert somebody.sees("Saved. The next text says it.", "Own words")
    somebody.presses("Put back to the portal’s words English")
    assert somebody.sees("Put back. The next text says it.")
