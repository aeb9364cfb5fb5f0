"""What do the tests of the policy of several sources begin with? Somebody in charge, and sources of each kind."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.coming_by import add_source, comes_by, lets_come
from tests.people import OTHER_PHONE, PHONE, MakeUser, MakeVisitor, comes_in
from tests.visitor import Visitor

ACME, GITHUB = "oidc:acme", "oauth:github"
ASKED = "Verification code login"


@pytest.fixture
def boss(app: Flask, make_user: MakeUser, another_visitor: MakeVisitor) -> Visitor:
    """An administrator, a person, and two outside sources by which people can come."""
    lets_come(app)
    assert [add_source(app), add_source(app, "GitHub", "oauth")] == [ACME, GITHUB]
    make_user(username="boss", phone=OTHER_PHONE, administrator=True)
    make_user(username="li.na", phone=PHONE)
    return comes_in(another_visitor(address="192.0.2.9"), "boss", OTHER_PHONE)


def asked(visitor: Visitor, source: str, *, vouched: bool = False, who: str = "li.na") -> bool:
    """Whether a login by that source is asked for a code before anything else."""
    comes_by(visitor, who, source, vouched=vouched)
    assert visitor.page.heading in (ASKED, f"Welcome, {who}"), visitor.page.text
    return visitor.page.heading == ASKED
