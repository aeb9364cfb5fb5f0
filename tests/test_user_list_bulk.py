"""What happens when many users are changed at once: asked first, done to those alone who were named, refused where it must be."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from flask import Flask

from tests.conftest import PASSWORD
from tests.crowds import crowd, numbered
from tests.people import (
    OTHER_PHONE,
    PHONE,
    THIRD_PHONE,
    MakeUser,
    MakeVisitor,
    comes_in,
    does,
    events,
    is_outside,
    leads_to,
    rows,
)
from tests.visitor import Visitor

LIST, BULK = "/admin/users", "/admin/users/bulk"


@pytest.fixture
def boss(make_user: MakeUser, another_visitor: MakeVisitor) -> Visitor:
    """An administrator, in a browser of their own."""
    make_user(username="boss", phone=OTHER_PHONE, administrator=True)
    return comes_in(another_visitor(address="192.0.2.9"), "boss", OTHER_PHONE)


def ticks(visitor: Visitor, *names: str, act: str, query: str = "") -> Visitor:
    """Select users in the list and press a button of the bar below it."""
    visitor.opens(LIST + query)
    chosen = [node for node in visitor.page.root.all("input") if visitor.page.label(node) in {f"Select {name}" for name in names}]
    assert len(chosen) == len(names)
    form = visitor.form("user", button=act)
    sent = [(name, value) for name, value in form.values() if value] + [("user", node.get("value")) for node in chosen]
    pressed = next(node for node in form.buttons if node.words() == act)
    return visitor.opens(f"{form.action}?{urlencode([*sent, ('act', pressed.get('value'))])}")


def state(app: Flask, column: str) -> dict[str, object]:
    return {row.username: row[1] for row in rows(app, f'SELECT username, {column} FROM "user"')}


@pytest.mark.usefixtures("both_databases")
def test_those_who_are_ticked_are_named_and_suspended_and_nobody_else(
    app: Flask, boss: Visitor, make_user: MakeUser, another_visitor: MakeVisitor,
) -> None:
    for name, phone in (("anna", PHONE), ("bert", THIRD_PHONE)):
        make_user(username=name, phone=phone)
    make_user(username="carl")
    anna = comes_in(another_visitor(), "anna", PHONE)
    ticks(boss, "anna", "bert", act="Suspend")
    assert boss.page.heading == "Suspend 2 users?"
    assert boss.sees("anna", "bert", "They can log in no more")
    assert boss.does_not_see("carl")
    assert not any(state(app, "suspended").values())
    boss.submits("Suspend")
    assert boss.sees("Done for 2 users.", "Suspended")
    assert {name for name, suspended in state(app, "suspended").items() if suspended} == {"anna", "bert"}
    assert is_outside(anna)
    assert events(app, event="user suspended") == [("user suspended", "ok")] * 2
    ticks(boss, "anna", act="Resume").submits("Resume")
    assert {name for name, suspended in state(app, "suspended").items() if suspended} == {"bert"}


def test_logins_end_and_the_password_still_works(boss: Visitor, make_user: MakeUser, another_visitor: MakeVisitor) -> None:
    make_user(username="anna", phone=PHONE)
    anna = comes_in(another_visitor(), "anna", PHONE)
    ticks(boss, "anna", act="End logins").submits("End logins")
    assert is_outside(anna)
    assert anna.logs_in("anna", PASSWORD).path == "/login/code"


@pytest.mark.usefixtures("both_databases")
def test_mfa_is_reset_but_for_those_who_have_the_number_alone(app: Flask, boss: Visitor) -> None:
    crowd(app, {"username": "anna", "phone": PHONE, "wrong_codes": 30}, {"phone": THIRD_PHONE, "name": "Numbers Only"})
    ticks(boss, "anna", "Numbers Only", act="Reset MFA").submits("Reset MFA")
    assert boss.sees("Done for 1 user. 1 was refused.", "The number is all that this user can log in with.")
    assert [tuple(row) for row in rows(app, 'SELECT name, phone, wrong_codes FROM "user" ORDER BY id')][1:] == [
        (None, None, 0), ("Numbers Only", THIRD_PHONE, 0)]


@pytest.mark.usefixtures("both_databases")
def test_deleting_wants_the_number_typed_and_keeps_the_last_administrator(app: Flask, boss: Visitor, make_user: MakeUser) -> None:
    make_user(username="anna")
    ticks(boss, "anna", "boss", act="Delete")
    assert boss.page.heading == "Delete 2 users?"
    boss.fills(typed="3").submits("Delete")
    assert boss.status == 422
    assert boss.sees("Type the number of users: 2.")
    assert set(state(app, "id")) == {"anna", "boss"}
    boss.fills(typed=" 2 ").submits("Delete")
    assert boss.sees("Done for 1 user. 1 was refused.", "That is you.")
    assert set(state(app, "id")) == {"boss"}
    assert events(app, event="user deleted") == [("user deleted", "ok")]


def test_who_was_deleted_meanwhile_is_said(app: Flask, boss: Visitor, make_user: MakeUser) -> None:
    make_user(username="anna")
    make_user(username="bert")
    ticks(boss, "anna", "bert", act="Suspend")
    does(app, "user", "delete", "anna")
    boss.submits("Suspend")
    assert boss.sees("Done for 1 user. 1 was refused.", "Deleted by somebody else meanwhile.")
    assert state(app, "suspended") == {"boss": False, "bert": True}


@pytest.mark.usefixtures("both_databases")
def test_all_that_match_are_those_who_matched_when_it_was_asked(app: Flask, boss: Visitor) -> None:
    crowd(app, *numbered(70), {"username": "anna"})
    boss.opens(f"{LIST}?q=user")
    first = next(node for node in boss.page.root.all("input") if node.get("name") == "user")
    boss.opens(f"{BULK}?q=user&all=1&act=suspend&user={first.get('value')}")
    assert boss.page.heading == "Suspend 70 users?"
    assert boss.sees("and 20 more")
    crowd(app, {"username": "user999"})
    boss.submits("Suspend")
    assert boss.sees("Done for 70 users.")
    assert {name for name, suspended in state(app, "suspended").items() if not suspended} == {"boss", "anna", "user999"}


def test_too_many_at_once_are_refused_before_anything_is_done(app: Flask, boss: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    from portal.web.admin import users_bulk

    monkeypatch.setattr(users_bulk, "MOST", 10)
    crowd(app, *numbered(11))
    boss.opens(f"{BULK}?q=user&all=1&act=suspend")
    assert boss.status == 422
    assert boss.sees("Nothing was done", "At most 10 users")
    assert leads_to(boss.clicks("Back to the list"), LIST)
    assert boss.path.endswith("q=user")


def test_the_helpdesk_looks_after_people_without_a_role_and_only_after_them(
    app: Flask, make_user: MakeUser, another_visitor: MakeVisitor,
) -> None:
    make_user(username="boss", phone=OTHER_PHONE, administrator=True)
    make_user(username="helper", phone=PHONE, role="helpdesk")
    make_user(username="anna", phone=THIRD_PHONE)
    helper = comes_in(another_visitor(), "helper", PHONE)
    ticks(helper, "anna", "boss", act="Reset MFA").submits("Reset MFA")
    assert helper.sees("Done for 1 user. 1 was refused.")
    assert helper.sees("People with a role in the console are looked after by administrators only.")
    assert state(app, "phone") == {"boss": OTHER_PHONE, "helper": PHONE, "anna": None}
    ticks(helper, "anna", act="Unlock")
    token = helper.tokens[0]
    assert helper.posts(BULK, csrf_token=token, act="suspend", ids="3").status == 403
    assert not any(state(app, "suspended").values())


@pytest.mark.parametrize("asked", ["act=suspend", "act=suspend&user=x&user=-1&user=", "act=suspend&all=1&q=nobody"])
def test_nobody_ticked_leads_back_and_says_so(boss: Visitor, asked: str) -> None:
    assert leads_to(boss.opens(f"{BULK}?{asked}"), LIST)
    assert boss.sees("Select at least one user first.")


@pytest.mark.parametrize("asked", ["", "act=promote&user=1", "user=1"])
def test_an_act_that_is_none_is_not_there(boss: Visitor, asked: str) -> None:
    assert boss.opens(f"{BULK}?{asked}").status == 404


def test_numbers_that_are_no_user_s_are_left_out(boss: Visitor, make_user: MakeUser) -> None:
    anna = make_user(username="anna")
    boss.opens("/admin/users").posts(BULK, act="end-logins", ids=f"{'9' * 5_000},x,{2**63},-1,{anna}")
    assert boss.status == 200
    boss.sees("Done for 1 user.", "anna")


def test_a_form_without_its_token_does_nothing_and_asks_again(app: Flask, boss: Visitor, make_user: MakeUser) -> None:
    make_user(username="anna")
    ticks(boss, "anna", act="Suspend")
    ids = dict(boss.form("ids").values())["ids"]
    boss.posts(BULK, csrf_token="forged", act="suspend", ids=ids)
    assert boss.status == 400
    assert boss.page.heading == "Suspend 1 user?"
    assert not any(state(app, "suspended").values())
    assert boss.submits("Suspend").sees("Done for 1 user.")
