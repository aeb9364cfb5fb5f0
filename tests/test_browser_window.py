"""Does the window for a new user fit a small laptop's screen, and a phone's width, in both languages?"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.browsing import PHONE, Person

pytest_plugins = ["tests.browsers"]
FITS = "() => { const window = document.querySelector('dialog'); return window.scrollHeight <= window.clientHeight; }"


@pytest.mark.parametrize("language", ["en-GB", "zh-CN"])
def test_the_window_shows_all_of_itself_at_once(person: Callable[..., Person], language: str) -> None:
    somebody = person(locale=language).is_inside(role="administrator")
    for by in ("username", "phone", "email"):
        somebody.opens(f"/admin/users/new?by={by}")
        assert somebody.page.evaluate(FITS), by
    somebody.page.set_viewport_size({"width": PHONE["width"], "height": 500})
    assert not somebody.page.evaluate(FITS)
    assert somebody.page.evaluate("document.querySelector('dialog').scrollWidth <= document.querySelector('dialog').clientWidth")
