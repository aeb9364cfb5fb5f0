"""Does the console's menu say the guide's words, lead where it says, and show nobody what they may not open?"""

from __future__ import annotations

import pytest

from tests.pages import Node
from tests.people import OTHER_PHONE, PHONE, MakeUser, MakeVisitor, comes_in
from tests.visitor import Visitor

GUIDE = {"Applications": "Self-built application", "Security settings": "Multi-factor authentication"}


@pytest.fixture
def boss(make_user: MakeUser, another_visitor: MakeVisitor) -> Visitor:
    """An administrator in the console."""
    make_user(username="boss", phone=OTHER_PHONE, administrator=True)
    return comes_in(another_visitor(address="192.0.2.9"), "boss", OTHER_PHONE).opens("/settings/mfa")


def menu(visitor: Visitor) -> list[Node]:
    """The links of the menu that is open."""
    return [link for nav in visitor.page.root.all("nav") if nav.get("class") == "menu" for link in nav.all("a")]


def groups(visitor: Visitor) -> dict[str, list[str]]:
    """The links under each heading of the menu."""
    titles = {node.get("id"): node.words() for node in visitor.page.root.all("p") if node.get("class") == "group"}
    lists = [node for node in visitor.page.root.all("ul") if node.get("aria-labelledby") in titles]
    return {titles[node.get("aria-labelledby")]: [link.words() for link in node.all("a")] for node in lists}


def test_the_menu_has_the_guide_s_words_in_the_guide_s_places(boss: Visitor) -> None:
    found = groups(boss)
    for heading, words in GUIDE.items():
        assert found[heading] == [words]


def test_no_heading_stands_above_nothing(boss: Visitor) -> None:
    headings = [node.words() for node in boss.page.root.all("p") if node.get("class") == "group"]
    assert headings == [heading for heading, links in groups(boss).items() if links]


def test_every_link_of_the_menu_opens_the_page_that_it_marks(boss: Visitor) -> None:
    links = [(link.get("href"), link.words()) for link in menu(boss) if link.get("href") != "/"]
    assert len(links) >= len(GUIDE)
    for address, words in links:
        assert boss.opens(address).status == 200
        assert [link.words() for link in menu(boss) if link.get("aria-current") == "page"] == [words]


def test_somebody_without_a_role_sees_no_menu(make_user: MakeUser, visitor: Visitor) -> None:
    make_user(username="li.na", phone=PHONE)
    comes_in(visitor, "li.na", PHONE)
    assert not menu(visitor)
    assert visitor.does_not_see("/admin/", "/settings/")
