"""What do the tests of the console of identity sources begin with? Somebody in charge, and a source in use."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from flask import Flask

from tests.comings import offers
from tests.people import OTHER_PHONE, PHONE, MakeUser, MakeVisitor, comes_in, rows
from tests.provider import Provider
from tests.visitor import Visitor

LIST, NEW = "/admin/settings/sources", "/admin/settings/sources/new"
ADD, SAVE, DELETE = "Add identity source", "Save changes", "Delete identity source"


@pytest.fixture
def boss(make_user: MakeUser, visitor: Visitor) -> Visitor:
    """An administrator who has just come in."""
    make_user(username="boss", phone=PHONE, administrator=True)
    return comes_in(visitor, "boss", PHONE)


@pytest.fixture
def acme(app: Flask, provider: Provider) -> str:
    """The page of a source in use."""
    offers(app, "acme", issuer=provider.url)
    return f"{LIST}/{source_id(app, 'acme')}"


def source_id(app: Flask, name: str) -> int:
    return int(rows(app, "SELECT id FROM identity_source WHERE name = :name", name=name)[0].id)


def order(app: Flask) -> list[str]:
    return [row.name for row in rows(app, "SELECT name FROM identity_source ORDER BY position, id")]


@pytest.fixture
def other(another_visitor: MakeVisitor, make_user: MakeUser) -> Visitor:
    """Another administrator, in another browser."""
    make_user(username="other", phone=OTHER_PHONE, administrator=True)
    return comes_in(another_visitor(address="192.0.2.7"), "other", OTHER_PHONE)


def hides(boss: Visitor, *titles: str) -> Visitor:
    """Untick sources of the first application."""
    boss.opens("/admin/applications/1/advanced")
    names = {node.get("value"): boss.page.label(node) for node in boss.page.root.all("input") if node.get("name") == "offered"}
    chosen = [value for value, words in names.items() if words not in titles]
    listed = "&".join(urlencode({"listed": value}) for value in names)
    offered = "&".join(urlencode({"offered": value}) for value in chosen)
    seen = "&".join(urlencode({"seen": node.get("value")}) for node in boss.page.root.all("input") if node.get("name") == "seen")
    content = f"csrf_token={boss.tokens[0]}&{listed}&{offered}&{seen}".encode()
    return boss._goes("POST", "/admin/applications/1/sources", content=content)
