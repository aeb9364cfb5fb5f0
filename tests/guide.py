"""Who follows the product guide? Somebody who knows its words alone, and finds what they name by label and role."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from babel.messages.pofile import read_po
from playwright.sync_api import Locator, Page

from tests.browsing import Person
from tests.servers import ROOT


class Name(str):
    """What is called the same in every language."""


FOCUSED = "node => node === document.activeElement"
FURTHEST = 150
"""How often Tab is pressed before what is looked for counts as out of the keyboard's reach."""


@cache
def chinese() -> dict[str, str]:
    """The catalogue: an English sentence, in small letters, and what Chinese pages say instead."""
    with (ROOT / "translations/zh/LC_MESSAGES/messages.po").open("rb") as file:
        messages = [(_several(message.id), _several(message.string or "")) for message in read_po(file)]
    return {sentence.casefold(): said[0] for sentences, said in messages for sentence in sentences}


def _several(text: str | Iterable[str]) -> tuple[str, ...]:
    """A sentence with a number in it has more than one form."""
    return (text,) if isinstance(text, str) else tuple(text)


@dataclass
class Reader:
    """Somebody at a browser who follows written instructions: with a mouse or without, in English or in Chinese."""

    person: Person
    keyboard: bool = False
    is_chinese: bool = False
    looks: Callable[[Page], None] = lambda page: None
    page: Page = field(init=False)

    def __post_init__(self) -> None:
        self.page = self.person.page

    def words(self, said: str) -> str:
        """The guide's words as this reader's pages have them."""
        return chinese()[said.casefold()] if self.is_chinese and not isinstance(said, Name) else said

    def named(self, said: str) -> re.Pattern[str]:
        """These words and no others, in capitals or not."""
        return re.compile(rf"^\s*{re.escape(self.words(said))}\s*$", re.IGNORECASE)

    def begun(self, said: str) -> re.Pattern[str]:
        """These words, and perhaps more after them."""
        return re.compile(rf"^\s*{re.escape(self.words(said))}", re.IGNORECASE)

    def role(self, role: Any, said: str | re.Pattern[str], within: Page | Locator | None = None) -> Locator:
        """What has that role and that name."""
        name = self.named(said) if isinstance(said, str) else said
        return (within or self.page).get_by_role(role, name=name)

    def sees(self, *said: str) -> bool:
        """True once the page says all of it, in the reader's language, up to what is filled in there; fails when not."""
        for each in said:
            self.page.get_by_text(self.words(each).partition("%(")[0]).first.wait_for()
        return True

    def is_at(self, heading: str) -> bool:
        """Whether the page, or the window on it, is called that; fails, saying how it is called, when not."""
        found = self.page.get_by_role("heading", level=1).inner_text()
        assert self.named(heading).match(found), f"at {found!r} ({self.page.url}), not at {heading!r}"
        return True

    def opens(self, path: str) -> Reader:
        self.page.goto(path)
        self.looks(self.page)
        return self

    def enters(self, label: str, text: str) -> Reader:
        """Type into the field of that label."""
        box = self.page.get_by_label(self.named(label)).and_(self.page.locator("input"))
        self._reaches(box) if self.keyboard else box.click()
        self.page.keyboard.type(text)
        return self

    def chooses(self, said: str) -> Reader:
        """Choose the one of several that begins with those words."""
        one = self.page.get_by_role("radio", name=self.begun(said))
        if not self.keyboard:
            one.check()
            return self
        self._reaches(self.page.get_by_role("radio", checked=True))
        for _ in range(5):
            if one.is_checked():
                break
            self.page.keyboard.press("ArrowDown")
        assert one.is_checked(), said
        return self

    def turns(self, switch: str, *, on: bool, module: str) -> Reader:
        """Turn a switch of that module of the page, save, and answer the question if one is asked."""
        found = self.role("switch", switch, self.role("region", module))
        assert found.is_checked() is not on, f"{switch} is {'on' if on else 'off'} already"
        self._acts(found, "Space")
        assert found.is_checked() is on
        return self.saves()

    def saves(self) -> Reader:
        self.presses("Save changes")
        return self.presses("Save changes") if self.role("heading", "Save these changes?").count() else self

    def presses(self, button: str) -> Reader:
        with self.arriving():
            self._acts(self.role("button", button), "Space")
        return self

    def follows(self, link: str | re.Pattern[str], within: Locator | None = None) -> Reader:
        with self.arriving():
            self._acts(self.role("link", link, within), "Enter")
        return self

    def unfolds(self, said: str) -> Reader:
        """Open what a drop-down button of those words hides."""
        self._acts(self.page.get_by_text(self.named(said)), "Enter")
        return self

    def selects(self, *way: str) -> Reader:
        """Select *group › entry*, or an entry alone, in the navigation menu on the left side of the console."""
        menu = self.role("navigation", "Menu")
        if self.role("link", "Dashboard", menu).count() == 0:
            self._acts(menu.get_by_text(self.words("Menu")), "Enter")
        return self.follows(way[-1], self.role("list", way[0], menu) if way[1:] else menu)

    @contextmanager
    def arriving(self) -> Iterator[None]:
        """Do something that leads to another page, wait for it, and look at it."""
        with self.page.expect_navigation():
            yield
        self.looks(self.page)

    @contextmanager
    def in_new_tab(self, button: str) -> Iterator[Reader]:
        """Press a button that opens a tab of its own, and go on there until the block ends."""
        with self.person.context.expect_page() as opened:
            self._acts(self.role("button", button), "Space")
        before, self.page = self.page, opened.value
        self.page.wait_for_load_state()
        self.looks(self.page)
        yield self
        self.page.close()
        self.page = before

    def _acts(self, found: Locator, key: str) -> None:
        if self.keyboard:
            self._reaches(found)
            self.page.keyboard.press(key)
        else:
            assert self._is_in_sight(found), f"{found} is beside the screen at {self.page.url}"
            found.click()

    def _is_in_sight(self, found: Locator) -> bool:
        """Whether it can be seen without pushing anything sideways."""
        box, screen = found.bounding_box(), self.page.viewport_size
        assert screen
        return box is not None and box["x"] >= 0 and box["x"] + box["width"] <= screen["width"]

    def _reaches(self, found: Locator) -> None:
        """Press Tab until it has the focus."""
        node = found.element_handle()
        for _ in range(FURTHEST):
            if node.evaluate(FOCUSED):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"the keyboard does not reach {found} at {self.page.url}")
