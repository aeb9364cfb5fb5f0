"""Do the switches of the second factor hold at the next login, and say who threw them?"""

from __future__ import annotations

import pytest
from flask import Flask

from tests import throwing
from tests.conftest import PASSWORD
from tests.people import PHONE, MakeUser, MakeVisitor, comes_in, confirms, does, events, is_home, leads_to, told
from tests.throwing import ADMINISTRATORS, BINDING, PASSWORD_SOURCE, SCAN_SOURCE, SMS, asked, box, saves, types
from tests.town import at_once
from tests.visitor import Visitor

boss, shop = throwing.boss, throwing.shop


def test_the_page_has_the_guide_s_words(boss: Visitor) -> None:
    assert boss.sees("Security settings", "Multi-factor authentication", "SMS verification code", "Policy configuration",
                     "Password", "Administrators are always asked", "Who may bind a number")
    for name in (SMS, ADMINISTRATORS, PASSWORD_SOURCE, SCAN_SOURCE):
        assert box(boss, name).get("role") == "switch"
        assert box(boss, name).has("checked")


def test_each_switch_thrown_on_the_page_holds_at_the_next_login(
    boss: Visitor, another_visitor: MakeVisitor, both_databases: str,
) -> None:
    for name in (SMS, PASSWORD_SOURCE):
        saves(boss, **{name: False})
        assert boss.sees("Saved. It holds at once.")
        assert not box(boss, name).has("checked")
        assert not asked(another_visitor(), "li.na")
        saves(boss, **{name: True})
        assert asked(another_visitor(), "li.na")


@pytest.mark.parametrize("words", [("--global",), ("--source", "password")])
def test_each_switch_thrown_by_command_holds_at_the_next_login(
    app: Flask, another_visitor: MakeVisitor, make_user: MakeUser, words: tuple[str, ...],
) -> None:
    make_user(username="li.na", phone=PHONE)
    for value in ("off", "on"):
        does(app, "mfa", *words, value)
        assert asked(another_visitor(), "li.na") is (value == "on")


def test_administrators_are_asked_whatever_the_other_switches_say(boss: Visitor, another_visitor: MakeVisitor) -> None:
    saves(boss, **{SMS: False, PASSWORD_SOURCE: False})
    assert boss.sees("Saved 2 changes.")
    assert asked(another_visitor(), "boss")
    assert not asked(another_visitor(), "li.na")
    saves(boss, **{ADMINISTRATORS: False})
    assert not asked(another_visitor(), "boss")


def test_an_administrator_who_came_in_without_a_code_is_asked_once_the_switch_is_on(
    app: Flask, visitor: Visitor, make_user: MakeUser,
) -> None:
    make_user(username="boss", phone=PHONE, administrator=True)
    does(app, "mfa", "--global", "off", "--administrators", "off")
    assert is_home(visitor.logs_in("boss", PASSWORD), "boss")
    does(app, "mfa", "--administrators", "on")
    assert leads_to(visitor.opens("/"), "/login/code")


def test_who_may_bind_is_a_choice(boss: Visitor, another_visitor: MakeVisitor, make_user: MakeUser) -> None:
    make_user(username="new")
    saves(boss, **{BINDING: "administrators"})
    visitor = another_visitor().logs_in("new", PASSWORD)
    assert visitor.sees("Ask your administrator to add your mobile phone number.")
    saves(boss, **{BINDING: "user"})
    assert visitor.opens("/login/phone").sees("Send verification code")


def test_each_switch_says_who_threw_it_and_when(app: Flask, boss: Visitor) -> None:
    assert boss.does_not_see("Turned off by")
    saves(boss, **{SMS: False})
    assert boss.sees("Turned off by boss,")
    does(app, "mfa", "--global", "on")
    assert boss.opens("/settings/mfa").sees("Turned on by command,")
    assert events(app, actor="boss") == [("switch thrown", "off")]
    assert events(app, actor="command") == [("switch thrown", "on")]


def test_one_click_puts_a_switch_back(boss: Visitor, another_visitor: MakeVisitor) -> None:
    saves(boss, **{SMS: False})
    confirms(boss.submits("Put back to On SMS verification code"))
    assert box(boss, SMS).has("checked")
    assert asked(another_visitor(), "li.na")


def test_enter_saves_and_never_puts_back(boss: Visitor) -> None:
    saves(boss, **{SMS: False})
    boss.fills(PASSWORD_SOURCE, False).submits()
    assert not box(boss, SMS).has("checked")
    assert not box(boss, PASSWORD_SOURCE).has("checked")


def test_saving_what_did_not_change_throws_nothing(app: Flask, boss: Visitor) -> None:
    boss.submits("Save changes")
    assert boss.sees("Nothing was changed.")
    assert ("switch thrown", "on") not in events(app)


def test_a_form_that_was_overtaken_throws_nothing_and_loses_nothing(app: Flask, boss: Visitor) -> None:
    types(types(boss, **{ADMINISTRATORS: False}), **{BINDING: "administrators"})
    does(app, "mfa", "--source", "password", "off")
    boss.submits("Save changes")
    assert boss.status == 409
    assert boss.sees("Somebody threw a switch meanwhile.")
    assert told(app, "mfa") == {"sms": "on", "administrators": "on", "binding": "user", "source:password": "off",
                                "source:scan": "on", "applications": {}}
    confirms(boss.submits("Save changes"))
    assert boss.status == 200
    assert told(app, "mfa") == {"sms": "on", "administrators": "off", "binding": "administrators", "source:password": "off",
                                "source:scan": "on", "applications": {}}


def test_a_value_that_is_none_throws_nothing(app: Flask, boss: Visitor) -> None:
    version = dict(boss.form(SMS).values())["version"]
    boss.posts("/settings/mfa", version=version, **{BINDING: "everybody"})
    assert boss.status == 422
    assert boss.sees("Nothing was saved.")
    boss.posts("/settings/mfa", version=version, undo="sms=perhaps")
    assert boss.status == 422
    assert told(app, "mfa")["sms"] == "on"


def test_users_who_are_not_administrators_may_not_see_or_throw(app: Flask, visitor: Visitor, boss: Visitor) -> None:
    comes_in(visitor, "li.na", PHONE)
    assert visitor.does_not_see("Multi-factor authentication")
    token = visitor.tokens[0]
    visitor.opens("/settings/mfa")
    assert visitor.status == 403
    assert visitor.does_not_see("SMS verification code")
    visitor.posts("/settings/mfa", csrf_token=token, undo="sms=off")
    assert visitor.status == 403
    assert told(app, "mfa")["sms"] == "on"


def test_a_form_without_its_token_throws_nothing(app: Flask, boss: Visitor) -> None:
    boss.posts("/settings/mfa", csrf_token="forged", undo="sms=off")
    assert boss.status == 400
    assert told(app, "mfa")["sms"] == "on"


def test_the_page_does_not_list_what_applications_have(app: Flask, boss: Visitor, shop: str) -> None:
    assert boss.opens("/settings/mfa").does_not_see("of their own.")
    does(app, "mfa", "--application", "Shop", "on")
    assert boss.opens("/settings/mfa").sees("1 application has rules of its own.")
    assert [node.get("name") for node in boss.page.root.all("input") if node.get("role") == "switch"] == [
        SMS, ADMINISTRATORS, PASSWORD_SOURCE, SCAN_SOURCE]
    boss.clicks("Show them in the list")
    assert boss.path == "/admin/applications?rules=own"
    assert boss.sees("Shop")


def test_the_last_changes_are_told(app: Flask, boss: Visitor) -> None:
    assert boss.sees("Nobody has changed anything here yet.")
    for at in range(6):
        does(app, "mfa", "--global", "off" if at % 2 == 0 else "on", "--binding", "administrators" if at % 2 == 0 else "user")
    boss.opens("/settings/mfa")
    lines = [node.words() for node in boss.page.root.all("tr") if "command" in node.words()]
    assert len(lines) == 10
    assert lines[0].startswith("“Who may bind a number” set to “The user”")
    assert lines[1].startswith("“SMS verification code” turned on")


def test_of_several_at_one_moment_from_the_same_page_one_throws(app: Flask, both_databases: str) -> None:
    from portal.signin import standing, switches
    from portal.trace import COMMAND, Actor

    with app.app_context():
        seen = standing.of().version

    def throws(name: str) -> int | None:
        with app.app_context():
            return switches.turn({("portal", name): "off"}, COMMAND, actor=Actor(name), seen={"portal": seen})

    done = at_once(throws, ["sms", "administrators", "source:password"])
    assert sorted(done, key=str) == [1, None, None]
    assert [outcome for event, outcome in events(app) if event == "switch thrown"] == ["off"]
