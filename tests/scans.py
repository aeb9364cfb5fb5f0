"""What do a phone that scans and a screen that shows a code do? Step by step, for the tests of both."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.people import OTHER_PHONE, PHONE, MakeUser, MakeVisitor, comes_in
from tests.visitor import Visitor


@pytest.fixture
def phone(another_visitor: MakeVisitor, make_user: MakeUser) -> Visitor:
    """The phone of somebody who is signed in on it."""
    make_user(username="li.na", phone=PHONE)
    return comes_in(another_visitor(), "li.na", PHONE)


def shows(visitor: Visitor, at: str = "/login/scan") -> Visitor:
    visitor.opens(at)
    assert visitor.status == 200, visitor.page.text
    return visitor


def field(visitor: Visitor, name: str) -> str:
    return dict(visitor.form(name).values())[name]


def number(visitor: Visitor) -> str:
    """The number that the page shows."""
    return str(visitor.page.root.all("text")[0].words())


def scanned(visitor: Visitor) -> str:
    """Where the phone is led that scans the page."""
    return f"/scan/{field(visitor, 'code')}"


def confirms(phone: Visitor, screen: Visitor) -> Visitor:
    return phone.opens(scanned(screen)).fills(number=number(screen)).submits("Confirm")


def polls(screen: Visitor, path: str = "") -> Any:
    """What the page's script is answered."""
    address = path or screen.form("code").node.get("data-poll")
    return json.loads(screen.sends("GET", address).text)


def go_on(screen: Visitor) -> Visitor:
    return screen.submits("I have confirmed")


@pytest.fixture
def boss(another_visitor: MakeVisitor, make_user: MakeUser) -> Visitor:
    make_user(username="boss", phone=OTHER_PHONE, administrator=True)
    return comes_in(another_visitor(), "boss", OTHER_PHONE)
