"""Does *Experience login* show an application's real login, beside the administrator's own and without touching it?"""

from __future__ import annotations

import pytest
from flask import Flask

from tests.conftest import PASSWORD
from tests.people import OTHER_PHONE, PHONE, Later, MakeUser, MakeVisitor, add_application, comes_in, does, is_home, leads_to, rows, unlike
from tests.visitor import Visitor


@pytest.fixture
def boss(app: Flask, make_user: MakeUser, another_visitor: MakeVisitor) -> Visitor:
    make_user(username="boss", phone=OTHER_PHONE, administrator=True)
    make_user(username="li.na", phone=PHONE)
    add_application(app, "Wiki")
    return comes_in(another_visitor(), "boss", OTHER_PHONE)


def begins(boss: Visitor) -> Visitor:
    """Presses the button on the application's details."""
    return boss.opens("/admin/applications/1").submits("Experience login")


def test_the_whole_walk_ends_on_the_page_that_says_what_happened(boss: Visitor) -> None:
    begins(boss).sees("Log in to Wiki", "you are trying Wiki")
    boss.fills(identifier="li.na", password=PASSWORD).submits().enters_code(PHONE)
    assert leads_to(boss, "/trial/result")
    print(boss.page.text)
    boss.sees("Experience login: Wiki", "li.na", "Password", "Asked: the rules ask for a code", "Code accepted", "Logged in")
    assert is_home(boss.opens("/"), "boss")
