"""What does a switch do, what does its page say before and after, and who may throw it?"""

from __future__ import annotations

import pytest
from flask import Flask

from tests import people
from tests.conftest import PASSWORD
from tests.pages import Node
from tests.people import (
    OTHER_PHONE,
    PHONE,
    THIRD_PHONE,
    MakeUser,
    MakeVisitor,
    add_application,
    comes_in,
    confirms,
    does,
    events,
    is_home,
    leads_to,
    told,
)
from tests.town import at_once
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


def impact_of(visitor: Visitor, name: str) -> str:
    line = visitor.page.by_id(f"{name}-impact")
    assert line is not None
    return line.words()


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


def test_every_switch_tells_its_impact_before_it_is_thrown(
    boss: Visitor, make_user: MakeUser, another_visitor: MakeVisitor,
) -> None:
    make_user(username="new")
    make_user(username="newer")
    another_visitor().logs_in("li.na", PASSWORD)
    boss.opens("/settings/mfa")
    assert "1 login would have needed only its first factor." in impact_of(boss, SMS)
    said = "1 person with a role in the console will be asked only where the rules ask everybody."
    assert said in impact_of(boss, ADMINISTRATORS)
    saves(boss, **{SMS: False, ADMINISTRATORS: False})
    assert "2 users have a phone number. 2 will be asked to bind one at their next login." in impact_of(boss, SMS)
    assert impact_of(boss, SMS).startswith("If you turn it on:")
    assert "1 person with a role in the console will be asked at every entrance." in impact_of(boss, ADMINISTRATORS)


def test_a_switch_that_the_other_makes_idle_says_so(app: Flask, boss: Visitor) -> None:
    does(app, "mfa", "--global", "off")
    said = "Nothing changes while “SMS verification code” is off."
    assert said in impact_of(boss.opens("/settings/mfa"), PASSWORD_SOURCE)
    does(app, "mfa", "--global", "on", "--source", "password", "off")
    assert "Nothing changes" not in impact_of(boss.opens("/settings/mfa"), SMS)
    does(app, "mfa", "--source", "scan", "off")
    said = "Nothing changes while every identity source is off."
    assert said in impact_of(boss.opens("/settings/mfa"), SMS)


def test_a_suspended_user_is_not_counted(app: Flask, boss: Visitor) -> None:
    does(app, "user", "suspend", "li.na")
    saves(boss, **{SMS: False})
    assert "1 user has a phone number. Nobody needs to bind one." in impact_of(boss, SMS)


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


@pytest.fixture
def shop(app: Flask) -> str:
    return add_application(app, "Shop")


def asked_in(visitor: Visitor, client_id: str) -> bool:
    """Whether a login through the application sends a code before anything else."""
    visitor.opens(f"/login?application={client_id}").fills(identifier="li.na", password=PASSWORD).submits()
    return visitor.page.heading == "Verification code login"


def test_an_application_follows_the_global_rules_until_it_customises(
    app: Flask, boss: Visitor, shop: str, another_visitor: MakeVisitor,
) -> None:
    assert asked_in(another_visitor(), shop)
    does(app, "mfa", "--global", "off")
    assert not asked_in(another_visitor(), shop)


def test_an_application_s_own_rules_begin_as_a_copy_and_live_apart(
    app: Flask, boss: Visitor, shop: str, another_visitor: MakeVisitor, both_databases: str,
) -> None:
    does(app, "mfa", "--source", "password", "off")
    copied = {"sms": "on", "source:password": "off", "source:scan": "on"}
    assert told(app, "mfa", "--application", "Shop", "on")["applications"] == {"Shop": copied}
    assert not asked_in(another_visitor(), shop)
    does(app, "mfa", "--source", "password", "on")
    assert not asked_in(another_visitor(), shop)
    does(app, "mfa", "--application-source", "Shop", "password", "on")
    assert asked_in(another_visitor(), shop)
    does(app, "mfa", "--global", "off")
    assert asked_in(another_visitor(), shop)
    assert not asked(another_visitor(), "li.na")


def test_rules_switched_back_are_kept_but_not_in_force(
    app: Flask, boss: Visitor, shop: str, another_visitor: MakeVisitor,
) -> None:
    does(app, "mfa", "--application", "Shop", "off")
    assert not asked_in(another_visitor(), shop)
    assert told(app, "mfa", "--application", "Shop", "inherit")["applications"] == {}
    assert asked_in(another_visitor(), shop)
    kept = told(app, "mfa", "--application-source", "Shop", "password", "on")["applications"]["Shop"]
    assert kept["sms"] == "off"
    assert not asked_in(another_visitor(), shop)


def test_customising_is_in_the_audit_log(app: Flask, shop: str) -> None:
    does(app, "mfa", "--application", "Shop", "off")
    does(app, "mfa", "--application", "Shop", "inherit")
    assert events(app, actor="command") == [("rules customised", "on"), ("switch thrown", "off"), ("rules customised", "off")]


@pytest.mark.parametrize("words", [
    ("--source", "nothing", "off"), ("--application", "Nowhere", "on"), ("--application-source", "Shop", "nothing", "off"),
    ("--global", "off", "--source", "nothing", "off"),
])
def test_a_command_that_names_what_there_is_not_fails_and_throws_nothing(app: Flask, shop: str, words: tuple[str, ...]) -> None:
    before = told(app, "mfa")
    assert people.command(app, "mfa", *words).exit_code == 1
    assert told(app, "mfa") == before


def test_the_number_of_a_third_person_is_bound_by_an_administrator(app: Flask, another_visitor: MakeVisitor) -> None:
    does(app, "mfa", "--binding", "administrators")
    does(app, "user", "create", "--username", "helped", "--phone", THIRD_PHONE, "--password-stdin", given=f"{PASSWORD}\n")
    assert is_home(comes_in(another_visitor(), "helped", THIRD_PHONE), "helped")


def unsaved(visitor: Visitor, name: str) -> bool:
    """Whether the box stands otherwise than what is saved."""
    part = next(node for node in visitor.page.root.all("div") if node.has("data-saved") and box(visitor, name) in node.walk())
    return box(visitor, name).has("checked") is not (part.get("data-saved") == "on")


def test_switching_off_for_all_is_asked_about_with_the_number(app: Flask, boss: Visitor, another_visitor: MakeVisitor) -> None:
    another_visitor().logs_in("li.na", PASSWORD)
    boss.opens("/settings/mfa").fills(SMS, False).submits("Save changes")
    assert boss.sees("Save these changes?", "“SMS verification code” from On to Off.",
                     "Nobody but people with a role in the console will be asked for a code any more.",
                     "1 login would have needed only its first factor.")
    assert told(app, "mfa")["sms"] == "on"
    boss.submits("Save changes")
    assert boss.sees("Saved. It holds at once.")
    assert told(app, "mfa")["sms"] == "off"


def test_cancelling_saves_nothing_and_keeps_what_was_ticked(app: Flask, boss: Visitor) -> None:
    boss.fills(SMS, False).fills(BINDING, "administrators").submits("Save changes")
    boss.clicks("Cancel")
    assert boss.sees("2 changes are not saved yet.")
    assert told(app, "mfa")["sms"] == "on"
    assert unsaved(boss, SMS)
    assert dict(boss.form(SMS).values())[BINDING] == "administrators"
    confirms(boss.submits("Save changes"))
    assert (told(app, "mfa")["sms"], told(app, "mfa")["binding"]) == ("off", "administrators")


def test_the_administrators_switch_is_asked_about(app: Flask, boss: Visitor) -> None:
    boss.fills(ADMINISTRATORS, False).submits("Save changes")
    assert boss.sees("1 person with a role in the console will be asked for a code only where everybody is.")
    assert told(app, "mfa")["administrators"] == "on"


def test_switching_on_while_nobody_sends_is_asked_about(app: Flask, boss: Visitor) -> None:
    does(app, "mfa", "--global", "off")
    boss.opens("/settings/mfa").fills(SMS, True).submits("Save changes")
    assert boss.sees("No sender is running, so text messages are not sent.")
    assert told(app, "mfa")["sms"] == "off"


@pytest.fixture
def sender(app: Flask) -> None:
    """A sender has just been heard of."""
    from portal.messages import lease

    with app.app_context():
        lease.beat("sender")


@pytest.mark.usefixtures("sender")
def test_switching_on_while_everybody_has_a_number_is_saved_at_once(app: Flask, boss: Visitor) -> None:
    does(app, "mfa", "--global", "off")
    boss.opens("/settings/mfa").fills(SMS, True).submits("Save changes")
    assert boss.sees("Saved. It holds at once.")
    assert told(app, "mfa")["sms"] == "on"


@pytest.mark.usefixtures("sender")
@pytest.mark.parametrize(("binding", "words"), [
    ("user", "2 users have no phone number, and will be asked to bind one at their next login."),
    ("administrators", "2 users have no phone number, and cannot log in before an administrator adds one."),
])
def test_switching_on_while_some_have_no_number_is_asked_about(
    app: Flask, boss: Visitor, make_user: MakeUser, binding: str, words: str,
) -> None:
    make_user(username="new")
    make_user(username="newer")
    does(app, "mfa", "--global", "off", "--binding", binding)
    boss.opens("/settings/mfa").fills(SMS, True).submits("Save changes")
    assert boss.sees(words)
    assert boss.does_not_see("No sender")
    assert told(app, "mfa")["sms"] == "off"
    boss.submits("Save changes")
    assert told(app, "mfa")["sms"] == "on"


@pytest.mark.usefixtures("sender")
def test_a_switch_that_changes_nothing_while_the_other_is_off_is_not_asked_about(
    app: Flask, boss: Visitor, make_user: MakeUser,
) -> None:
    make_user(username="new")
    does(app, "mfa", "--global", "off")
    for on in (False, True):
        boss.opens("/settings/mfa").fills(PASSWORD_SOURCE, on).submits("Save changes")
        assert boss.sees("Saved. It holds at once.")


@pytest.mark.usefixtures("sender")
def test_switching_on_while_the_gateway_fails_is_asked_about(app: Flask, boss: Visitor, another_visitor: MakeVisitor) -> None:
    another_visitor().logs_in("li.na", PASSWORD)
    writes(app, "UPDATE message SET state = 'failed', reason = 'credentials'")
    does(app, "mfa", "--global", "off")
    boss.opens("/settings/mfa").fills(SMS, True).submits("Save changes")
    assert boss.sees("None of the newest text messages could be sent: 2 failed in the last hour.")
    writes(app, "UPDATE message SET state = 'sent' WHERE id = 1")
    boss.opens("/settings/mfa").fills(SMS, True).submits("Save changes")
    assert boss.sees("Saved. It holds at once.")


def writes(app: Flask, statement: str) -> None:
    from sqlalchemy import text

    from portal.database import writing

    with app.app_context(), writing() as connection:
        connection.execute(text(statement))


def test_what_was_not_confirmed_is_asked_about_again(app: Flask, boss: Visitor, make_user: MakeUser) -> None:
    does(app, "mfa", "--global", "off")
    boss.opens("/settings/mfa").fills(SMS, True).submits("Save changes")
    make_user(username="new")
    boss.submits("Save changes")
    assert boss.sees("1 user has no phone number")
    assert told(app, "mfa")["sms"] == "off"
    boss.submits("Save changes")
    assert told(app, "mfa")["sms"] == "on"


def test_a_question_that_was_overtaken_throws_nothing(app: Flask, boss: Visitor) -> None:
    boss.fills(SMS, False).submits("Save changes")
    does(app, "mfa", "--binding", "administrators")
    boss.submits("Save changes")
    assert boss.status == 409
    assert told(app, "mfa")["sms"] == "on"
    assert unsaved(boss, SMS)


@pytest.mark.usefixtures("sender")
def test_putting_one_back_leaves_the_other_changes_lit(app: Flask, boss: Visitor) -> None:
    does(app, "mfa", "--global", "off")
    boss.opens("/settings/mfa").fills(PASSWORD_SOURCE, False).fills(BINDING, "administrators")
    boss.submits("Put back to On SMS verification code")
    assert boss.sees("Saved. It holds at once. 2 changes are not saved yet.")
    assert (told(app, "mfa")["sms"], told(app, "mfa")["source:password"], told(app, "mfa")["binding"]) == ("on", "on", "user")
    assert unsaved(boss, PASSWORD_SOURCE)
    assert not unsaved(boss, SMS)
    confirms(boss.submits("Save changes"))
    assert (told(app, "mfa")["source:password"], told(app, "mfa")["binding"]) == ("off", "administrators")


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


def test_numbers_beyond_the_bound_say_more(
    app: Flask, boss: Visitor, monkeypatch: pytest.MonkeyPatch, make_user: MakeUser, both_databases: str,
) -> None:
    from portal.signin import impact

    for at in range(4):
        make_user(username=f"new{at}x")
    does(app, "mfa", "--global", "off")
    monkeypatch.setattr(impact, "COUNTED", 3)
    boss.opens("/settings/mfa")
    assert "2 users have a phone number. More than 3 will be asked to bind one at their next login." in impact_of(boss, SMS)


@pytest.mark.parametrize("size", [2, 3])
def test_logins_are_counted_up_to_the_bound(
    boss: Visitor, another_visitor: MakeVisitor, monkeypatch: pytest.MonkeyPatch, size: int,
) -> None:
    from portal.signin import impact

    for _ in range(2):
        another_visitor().logs_in("li.na", PASSWORD)
    monkeypatch.setattr(impact, "COUNTED", size)
    words = {2: "Of the last 24 hours, more than 2 logins", 3: "Of the last 24 hours, 2 logins"}[size]
    assert words in impact_of(boss.opens("/settings/mfa"), SMS)


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
