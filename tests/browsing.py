"""What would a person do who has Chromium? Types, presses, waits, and lets the browser tell what it saw."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, Locator, Page, ViewportSize

from tests.conftest import PASSWORD
from tests.people import unlike
from tests.town import Town

PATIENCE = 30
"""Seconds. Nothing is slow here; but others may be at work on the same machine."""
DESKTOP, PHONE = ViewportSize(width=1280, height=800), ViewportSize(width=390, height=844)


class Person:
    """Somebody with a browser before a portal: what they do, and what the browser complained of."""

    def __init__(self, town: Town, browser: Browser, **about: Any) -> None:
        self.town, self.number = town, ""
        self.context = browser.new_context(base_url=town.portal.url, **{"viewport": DESKTOP, "locale": "en-GB"} | about)
        self.context.set_default_timeout(PATIENCE * 1_000)
        self.complaints: list[str] = []
        self.page = self.new_page()

    def new_page(self) -> Page:
        """Another tab of the same browser, watched like the first."""
        page = self.context.new_page()
        page.on("console", lambda said: self._complains(said.text) if said.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: self._complains(str(error)))
        return page

    def _complains(self, text: str) -> None:
        # Chromium says this of every page whose status is an error's, which many of ours are on purpose.
        if "the server responded with a status of" not in text:
            self.complaints.append(text)

    @property
    def path(self) -> str:
        return self.page.url.removeprefix(self.town.portal.url).partition("?")[0]

    @property
    def heading(self) -> str:
        return self.page.locator("h1").inner_text()

    @property
    def said(self) -> str:
        """All words of the page that are to be seen."""
        return self.page.locator("body").inner_text()

    def sees(self, *texts: str) -> bool:
        """True once the page says all of it; fails, showing the page, when it does not."""
        self.awaits(lambda: all(text in self.said for text in texts), f"all of {texts}")
        return True

    def awaits(self, happened: Callable[[], object], what: str = "that") -> None:
        """Wait for something to become true while the browser goes on. Raises AssertionError when it does not."""
        end = time.monotonic() + PATIENCE
        while not happened():
            assert time.monotonic() < end, f"waited in vain for {what} at {self.path}: {self.said!r}"
            self.page.wait_for_timeout(50)

    def is_in(self, name: str) -> bool:
        """True once that field has the focus: an autofocus comes with the first drawing, after the load."""
        self.page.locator(f"[name='{name}']:focus").wait_for()
        return True

    def field(self, name: str) -> Locator:
        return self.page.locator(f"[name='{name}']")

    def button(self, words: str) -> Locator:
        return self.page.get_by_role("button", name=words)

    def opens(self, path: str) -> Person:
        self.page.goto(path)
        return self

    def fills(self, **values: str) -> Person:
        for name, value in values.items():
            field = self.field(name)
            field.select_option(value) if name == "country" else field.fill("" if name == "code" else value)
            if name == "code":  # key by key: one that is filled in at once is sent by the page itself, before or after the button
                field.press_sequentially(value)
        return self

    def types(self, text: str) -> Person:
        """Type where the page has put the focus, once it is there."""
        self.page.locator("input:focus").wait_for()
        self.page.keyboard.type(text)
        return self

    @contextmanager
    def arriving(self) -> Iterator[None]:
        """Do something that leads to another page, and wait until that page is there."""
        with self.page.expect_navigation():
            yield

    def submits(self, name: str = "") -> Person:
        """Press the main button of the form (that of a field, or the only one)."""
        form = f"form:has([name='{name}'])" if name else "form"
        with self.arriving():
            self.page.locator(f"{form} .go").last.click()
        return self

    def presses(self, words: str) -> Person:
        with self.arriving():
            self.button(words).click()
        return self

    def is_new(self, *, phone: bool = True, **about: Any) -> str:
        """Become somebody new in the user pool; the username."""
        username, self.number = self.town.person(phone=phone, **about)
        return username

    def logs_in(self, username: str, password: str = PASSWORD, *, at: str = "/login") -> Person:
        return self.opens(at).fills(identifier=username, password=password).submits("password")

    def at_code_page(self, **about: Any) -> Person:
        """Somebody new who has given the password and is asked for the code."""
        return self.logs_in(self.is_new(**about))

    def reads_code(self) -> str:
        """The code of the newest text message to this person's number."""
        return self.town.visitor().reads_code(self.number)

    def hears_code(self) -> str:
        """The code of the newest call to this person's number."""
        return self.town.visitor().hears_code(self.number)

    def is_home(self, **about: Any) -> Person:
        """Somebody new who has come all the way in."""
        self.at_code_page(**about)
        return self.fills(code=self.reads_code()).submits("code")

    def is_inside(self, **about: Any) -> Person:
        """Somebody new who came in elsewhere, and whose cookie this browser has been given: three pages less on the way."""
        visitor = self.town.visitor().logs_in(self.is_new(**about), PASSWORD).enters_code(self.number)
        assert visitor.path == "/", (visitor.path, visitor.page.text)
        self.context.add_cookies([
            {"name": name, "value": each.coded_value, "url": self.town.portal.url, "httpOnly": True, "sameSite": "Lax"}
            for name, each in visitor.cookies.items()])
        return self

    def mistypes(self, times: int = 1) -> Person:
        """Type something else than the code so many times."""
        code = unlike(self.reads_code())
        for _ in range(times):
            self.fills(code=code).submits("code")
        return self
