"""Does the preview say what a login then does, and the table where codes are asked for what the rules say?"""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from flask import Flask

from portal.signin import switches
from portal.signin.policy import Reason
from portal.trace import COMMAND, Actor
from tests.conftest import PASSWORD
from tests.pages import Node
from tests.people import (
    FOURTH_PHONE,
    OTHER_PHONE,
    PHONE,
    THIRD_PHONE,
    MakeUser,
    MakeVisitor,
    add_application,
    comes_in,
    does,
    events,
    rows,
)
from tests.visitor import Visitor

FOLLOWS = {
    "complete": "After the password the person is logged in.",
    "awaiting_code": "After the password comes the page “Verification code login”.",
    "awaiting_phone": "After the password comes the window “Bind mobile phone number”.",
    "awaiting_password": "After the password comes the page for a new password.",
}
"""What the preview says to each state in which the password leaves a login."""
WORLDS: dict[str, tuple[list[list[str]], str, str]] = {
    # how the switches are thrown, through which application, and which rung decides
    "as shipped": ([], "", "Asked: the rules ask for a code"),
    "off": ([["mfa", "--global", "off"]], "", "Not asked: SMS verification code is off"),
    "source off": ([["mfa", "--source", "password", "off"]], "", "Not asked: the identity source is off"),
    "own rules": ([["mfa", "--application", "Shop", "off"]], "Shop", "Not asked: SMS verification code is off"),
    "own rules, other entrance": ([["mfa", "--application", "Shop", "off"]], "", "Asked: the rules ask for a code"),
    "own rules stricter": ([["mfa", "--application", "Shop", "on", "--global", "off"]], "shop",
                           "Asked: the rules ask for a code"),
    "own source": ([["mfa", "--application-source", "Shop", "password", "off"]], "SHOP", "Not asked: the identity source is off"),
    "rules kept": ([["mfa", "--application", "Shop", "off"], ["mfa", "--application", "Shop", "inherit"]], "Shop",
                   "Asked: the rules ask for a code"),
}


@pytest.fixture
def boss(app: Flask, make_user: MakeUser, another_visitor: MakeVisitor) -> Visitor:
    """An administrator, and people of every kind."""
    make_user(username="boss", phone=OTHER_PHONE, administrator=True)
    make_user(username="li.na", phone=PHONE)
    make_user(username="new")
    make_user(username="fresh", phone=THIRD_PHONE, must_change=True)
    add_application(app, "Shop")
    return comes_in(another_visitor(address="192.0.2.9"), "boss", OTHER_PHONE)


def previews(visitor: Visitor, who: str, application: str = "") -> Visitor:
    visitor.opens("/settings/mfa").fills(who=who, source="Password", application=application)
    return visitor.submits("Preview")


def lit(visitor: Visitor) -> list[Node]:
    return [node for node in visitor.page.root.all("li") if node.get("aria-current") == "true"]


@pytest.mark.parametrize("world", WORLDS)
@pytest.mark.parametrize("who", ["li.na", "new", "fresh"])
def test_the_preview_says_what_the_login_then_does(
    app: Flask, boss: Visitor, another_visitor: MakeVisitor, world: str, who: str,
) -> None:
    thrown, application, reason = WORLDS[world]
    for words in thrown:
        does(app, *words)
    previews(boss, who, application)
    assert [node.all("b")[0].words() for node in lit(boss)] == [reason]
    through = "?application=client-shop" if application else ""
    another_visitor().opens(f"/login{through}").fills(identifier=who, password=PASSWORD).submits()
    found = rows(app, "SELECT state, reason FROM sign_in ORDER BY id DESC LIMIT 1")[0]
    assert boss.sees(FOLLOWS[found.state])
    assert reason_of(reason) == found.reason


def reason_of(title: str) -> str:
    return {"Asked: the rules ask for a code": Reason.RULES, "Not asked: SMS verification code is off": Reason.SMS_OFF,
            "Not asked: the identity source is off": Reason.SOURCE_OFF}[title].value


def test_the_preview_knows_roles_and_one_time_bypasses(app: Flask, boss: Visitor, both_databases: str) -> None:
    does(app, "mfa", "--global", "off")
    assert previews(boss, "boss").sees("boss: A code will be asked for", "Asked: administrators are always asked")
    does(app, "user", "bypass", "boss", "--minutes", "5")
    assert previews(boss, "boss").sees("boss: No code will be asked for", "Not asked: one-time bypass")
    does(app, "user", "suspend", "li.na")
    assert previews(boss, "li.na").sees("But the account is suspended")
    does(app, "mfa", "--global", "on", "--binding", "administrators")
    assert previews(boss, "new").sees("only administrators may bind one")


def test_the_preview_says_whose_rules_hold(app: Flask, boss: Visitor) -> None:
    assert previews(boss, "li.na").sees("Through the portal itself, under the global rules.")
    assert previews(boss, "li.na", "Shop").sees("Through Shop, which follows the global rules.")
    does(app, "mfa", "--application", "Shop", "on")
    assert previews(boss, "li.na", "Shop").sees("Through Shop, under its own rules.")


def test_the_whole_ladder_is_drawn(boss: Visitor) -> None:
    previews(boss, "li.na")
    ladder = [node for node in boss.page.root.all("ol") if "timeline" in node.get("class")]
    assert [len(each.all("li")) for each in ladder] == [len(Reason)]
    assert boss.sees("Does not hold here.")
    does_not = previews(boss, "boss")
    assert does_not.sees("Not looked at any more.")


@pytest.mark.parametrize("who", [PHONE, "+49 151 123 456 78", "LI.NA"])
def test_a_person_is_found_by_what_they_would_type(boss: Visitor, who: str) -> None:
    assert previews(boss, who).sees("li.na: A code will be asked for")


def test_what_there_is_not_is_said_beside_its_field(boss: Visitor) -> None:
    for who, application, words in (("nobody", "", "Nobody has this username, number or email."),
                                    ("", "", "Enter a username, mobile phone number or email."),
                                    ("li.na", "Nowhere", "There is no application of this name.")):
        previews(boss, who, application)
        assert boss.status == 422
        assert boss.sees(words)
        assert boss.does_not_see("A code will be asked for", "No code will be asked for")
        assert dict(boss.form("who").values())["who"] == who


@pytest.mark.parametrize("strange", ["\0", "'; DROP", "<b>x</b>", "a" * 3_000, "\u202e", "％"])
def test_strange_questions_are_answered(boss: Visitor, strange: str) -> None:
    for name in ("who", "application", "q", "at", "source", "unsaved", "saved"):
        boss.opens("/settings/mfa?" + urlencode({"who": "li.na", name: strange}))
        assert boss.status in (200, 422), name
        assert "<b>x</b>" not in boss.page.html


def test_a_preview_changes_nothing_and_sends_nothing(app: Flask, boss: Visitor) -> None:
    does(app, "user", "bypass", "li.na", "--minutes", "5")
    before = events(app)
    previews(boss, "li.na")
    previews(boss, "li.na")
    assert events(app) == before
    assert boss.sees("Not asked: one-time bypass")
    assert boss.text_messages(PHONE) == []


def line(visitor: Visitor, name: str) -> str:
    found = [node for node in visitor.page.root.all("tr") if name in node.words()]
    assert len(found) == 1
    return found[0].words()


def test_the_table_shows_every_source_in_every_application(app: Flask, boss: Visitor, both_databases: str) -> None:
    add_application(app, "Archive")
    does(app, "mfa", "--application", "Shop", "off")
    does(app, "mfa", "--application-source", "Archive", "password", "off")
    boss.opens("/settings/mfa")
    assert line(boss, "All applications without rules of their own").endswith("Code Code")
    assert line(boss, "Shop").endswith("No code SMS verification code is off No code SMS verification code is off")
    assert line(boss, "Archive").endswith("No code The identity source is off Code")
    assert boss.sees("2 applications have rules of their own.")
    boss.clicks("Shop")
    assert boss.page.heading == "Shop"
    assert boss.sees("Policy configuration")


def test_the_table_has_pages_and_a_search(app: Flask, boss: Visitor) -> None:
    for at in range(23):
        add_application(app, f"Branch {at:02}")
        with app.app_context():
            switches.turn({}, COMMAND, actor=Actor("test"), own={switches.scope_of(f"Branch {at:02}"): True})
    boss.opens("/settings/mfa")
    assert boss.sees("Branch 00", "Branch 19", "23 applications have rules of their own.")
    assert boss.does_not_see("Branch 20")
    assert boss.clicks("Next").sees("Branch 20", "Branch 22")
    boss.opens("/settings/mfa").fills(q="branch 1").submits("Search")
    assert boss.sees("Branch 10", "Branch 19", "23 applications have rules of their own.")
    assert boss.does_not_see("Branch 00")
    boss.fills(q="elsewhere").submits("Search")
    assert boss.sees("No application with rules of its own has a name that begins with “elsewhere”.")
    boss.clicks("Show them in the list")
    assert boss.sees("Branch 00")


def test_an_auditor_may_look_and_change_nothing(
    app: Flask, boss: Visitor, make_user: MakeUser, another_visitor: MakeVisitor,
) -> None:
    make_user(username="reads", phone=FOURTH_PHONE, role="auditor")
    auditor = comes_in(another_visitor(), "reads", FOURTH_PHONE)
    assert previews(auditor, "li.na").sees("li.na: A code will be asked for", "SMS verification code")
    assert auditor.does_not_see("Save changes")
    boxes = [node for node in auditor.page.root.all("input") if node.get("type") in ("checkbox", "radio")]
    assert len(boxes) == 6
    assert all(box.has("disabled") for box in boxes)
    auditor.posts("/settings/mfa", undo="sms=off")
    assert auditor.status == 403
