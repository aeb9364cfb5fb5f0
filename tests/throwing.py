"""How does a test throw switches as an administrator, and see whom they touch?"""

from __future__ import annotations

import pytest
from flask import Flask

from tests.conftest import PASSWORD
from tests.pages import Node
from tests.people import OTHER_PHONE, PHONE, MakeUser, MakeVisitor, add_application, comes_in, confirms, leads_to
from tests.visitor import Visitor

SMS, ADMINISTRATORS, BINDING = "portal.sms", "portal.administrators", "portal.binding"
PASSWORD_SOURCE, SCAN_SOURCE = "portal.source:password", "portal.source:scan"


@pytest.fixture
def boss(make_user: MakeUser, another_visitor: MakeVisitor) -> Visitor:
    """An administrator before the page of switches."""
    make_user(username="boss", phone=OTHER_PHONE, administrator=True)
    make_user(username="li.na", phone=PHONE)
    visitor = comes_in(another_visitor(address="192.0.2.9"), "boss", OTHER_PHONE).opens("/settings/mfa")
    assert leads_to(visitor, "/settings/mfa")
    return visitor


def saves(visitor: Visitor, **changes: str | bool) -> Visitor:
    return confirms(types(visitor.opens("/settings/mfa"), **changes).submits("Save changes"))


def types(visitor: Visitor, **changes: str | bool) -> Visitor:
    for name, value in changes.items():
        visitor.fills(name, value)
    return visitor


def asked(visitor: Visitor, identifier: str) -> bool:
    """Whether a login asks for the second factor."""
    visitor.logs_in(identifier, PASSWORD)
    assert visitor.path in ("/", "/login/code", "/login/phone"), visitor.page.text
    return visitor.path != "/"


def box(visitor: Visitor, name: str) -> Node:
    found = visitor.form(name).find(name)
    assert found is not None
    return found


@pytest.fixture
def shop(app: Flask) -> str:
    return add_application(app, "Shop")
