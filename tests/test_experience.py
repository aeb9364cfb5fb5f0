"""Does *Experience login* show an application's real login, and what happened in it?"""

from __future__ import annotations

import re

import pytest
from flask import Flask

from tests import people
from tests.conftest import PASSWORD
from tests.people import (
    OTHER_PHONE,
    PHONE,
    THIRD_PHONE,
    Later,
    MakeUser,
    MakeVisitor,
    comes_in,
    does,
    is_home,
    leads_to,
    rows,
    unlike,
)
from tests.people import add_application as add
from tests.visitor import Visitor

later = people.later


@pytest.fixture
def boss(app: Flask, make_user: MakeUser, another_visitor: MakeVisitor) -> Visitor:
    make_user(username="boss", phone=OTHER_PHONE, administrator=True)
    make_user(username="li.na", phone=PHONE)
    add(app, "Wiki")
    return comes_in(another_visitor(), "boss", OTHER_PHONE)


def begins(boss: Visitor) -> Visitor:
    """Presses the button on the application's details."""
    return boss.opens("/admin/applications/1").submits("Experience login")


def tries(boss: Visitor, identifier: str = "li.na", password: str = PASSWORD) -> Visitor:
    return begins(boss).fills(identifier=identifier, password=password).submits()


def test_the_whole_walk_ends_on_the_page_that_says_what_happened(both_databases: str, boss: Visitor) -> None:
    begins(boss).sees("Log in to Wiki", "you are trying Wiki", "Your own login is not touched")
    boss.fills(identifier="li.na", password=PASSWORD).submits().sees("you are trying Wiki")
    boss.enters_code(PHONE)
    assert leads_to(boss, "/trial/result")
    boss.sees("Experience login: Wiki", "li.na", "Password", "Asked: the rules ask for a code", "Code accepted",
              "The person would now be in Wiki")
    assert is_home(boss.opens("/"), "boss")


def test_the_result_says_nothing_that_is_secret(boss: Visitor) -> None:
    code = tries(boss).reads_code(PHONE)
    token = boss.cookies["portal-trial"].value
    boss.fills(code=code).submits().sees("Code accepted", "Handed over")
    boss.does_not_see(code, PHONE, PHONE[3:], token, PASSWORD)


def test_where_the_switch_is_off_the_result_says_that_nobody_was_asked(app: Flask, boss: Visitor) -> None:
    does(app, "mfa", "--global", "off")
    assert leads_to(tries(boss), "/trial/result")
    boss.sees("Not asked: SMS verification code is off", "The person would now be in Wiki")
    boss.does_not_see("Verification code sent")


def test_the_application_s_own_rules_are_those_that_are_tried(app: Flask, boss: Visitor) -> None:
    does(app, "mfa", "--application", "Wiki", "off")
    assert leads_to(tries(boss), "/trial/result")
    boss.sees("Not asked: SMS verification code is off", "In force now: the application’s own rules")
    assert leads_to(boss.opens("/trial/login/code"), "/trial/result"), "the portal's own rules asked within the trial"


def test_somebody_from_the_console_is_asked_and_the_result_says_why(app: Flask, boss: Visitor) -> None:
    does(app, "mfa", "--global", "off")
    tries(boss, "boss").enters_code(OTHER_PHONE).sees("Asked: administrators are always asked")


def test_a_wrong_password_and_a_wrong_code_are_steps_too(boss: Visitor) -> None:
    tries(boss, password="wrong").sees("don’t match")
    boss.opens("/trial/result").sees("li.na Refused", "First step refused", "Account and password don’t match")
    code = tries(boss).reads_code(PHONE)
    boss.fills(code=unlike(code)).submits().sees("That code is not right")
    boss.fills(code=code).submits()
    boss.sees("Wrong code", "4 tries left", "Code accepted", "Logged in")
    begins(boss).fills(identifier="who?", password="wrong").submits().opens("/trial/result").sees("Unknown account Refused")
    boss.does_not_see("Code accepted", "li.na")


def test_a_call_is_a_step_too(boss: Visitor, later: Later) -> None:
    tries(boss)
    later(31)
    [call] = [button.words() for form in boss.opens("/trial/login/code").page.forms for button in form.buttons
              if button.words().startswith("Call me instead")]
    boss.submits(call).fills(code=boss.hears_code(PHONE)).submits()
    boss.sees("Verification code sent to", "Verification code told by a call to", "Code accepted", "Logged in")


def test_a_login_that_is_half_way_says_what_it_waits_for(boss: Visitor) -> None:
    tries(boss).opens("/trial/result").sees("Under way", "Verification code sent to", "Waiting for the verification code")
    assert leads_to(boss.opens("/trial/login/code"), "/trial/login/code")


def test_somebody_without_a_number_binds_one_and_the_page_says_that_it_is_real(
    app: Flask, boss: Visitor, make_user: MakeUser,
) -> None:
    make_user(username="new")
    assert leads_to(tries(boss, "new"), "/trial/login/phone")
    boss.sees("you are trying Wiki")
    boss.fills(phone=THIRD_PHONE).submits().enters_code(THIRD_PHONE)
    boss.sees("Phone number bound", "This is real", "Logged in")
    assert [row.phone for row in rows(app, "SELECT phone FROM \"user\" WHERE username = 'new'")] == [THIRD_PHONE]


def test_a_password_that_must_be_replaced_is_replaced_in_the_trial_too(boss: Visitor, make_user: MakeUser) -> None:
    make_user(username="fresh", phone=THIRD_PHONE, must_change=True)
    tries(boss, "fresh").enters_code(THIRD_PHONE)
    assert leads_to(boss, "/trial/login/password")
    boss.sees("you are trying Wiki")
    boss.opens("/trial/result").sees("Waiting for a new password")
    boss.opens("/trial/login/password").fills(password="seven tall ships at sea").submits()
    assert leads_to(boss, "/trial/result")
    boss.sees("Password changed", "The person would now be in Wiki")


def test_again_and_end(app: Flask, boss: Visitor) -> None:
    tries(boss).enters_code(PHONE)
    assert leads_to(boss.opens("/trial/login"), "/trial/result")
    assert leads_to(boss.submits("Try again"), "/trial/login")
    boss.fills(identifier="li.na", password=PASSWORD).submits().enters_code(PHONE)
    assert len(re.findall("The person would now be in Wiki", boss.page.text)) == 2
    boss.submits("End").sees("The trial has ended")
    assert "portal-trial" not in boss.cookies
    assert {row.state for row in rows(app, "SELECT state FROM sign_in WHERE trial_id IS NOT NULL")} == {"ended"}
    assert boss.opens("/trial/result").status == 404
    assert is_home(boss.opens("/"), "boss")


def test_a_cancelled_login_is_told_and_begins_anew_within_the_trial(boss: Visitor) -> None:
    assert leads_to(tries(boss).submits("Cancel and log in as somebody else"), "/trial/login")
    boss.sees("The login was cancelled")
    boss.opens("/trial/result").sees("Cancelled")


def test_where_somebody_wanted_to_go_is_not_where_a_trial_ends(app: Flask, boss: Visitor) -> None:
    does(app, "mfa", "--global", "off")
    begins(boss).opens("/trial/login?next=/settings/mfa").fills(identifier="li.na", password=PASSWORD).submits()
    assert leads_to(boss, "/trial/result")


def test_another_application_is_not_tried_by_its_name_in_the_address(app: Flask, boss: Visitor) -> None:
    other = add(app, "Shop")
    begins(boss).opens(f"/trial/login?application={other}").sees("Log in to Wiki")
    boss.fills(identifier="li.na", password=PASSWORD).submits().enters_code(PHONE).sees("The person would now be in Wiki")


def test_every_entry_of_a_trial_says_so_and_no_other_does(app: Flask, boss: Visitor) -> None:
    before = len(rows(app, "SELECT id FROM audit_entry"))
    tries(boss).enters_code(PHONE)
    entries = rows(app, "SELECT event, detail FROM audit_entry ORDER BY id")
    assert all("trial" not in entry.detail for entry in entries[:before])
    assert all('"trial": 1' in entry.detail for entry in entries[before:] if entry.event != "message")
    assert {"trial started", "first factor passed", "code sent", "code accepted", "sign-in complete"} <= {
        entry.event for entry in entries[before:]}


def test_a_trial_reads_in_chinese(boss: Visitor) -> None:
    tries(boss).enters_code(PHONE).clicks("简体中文").sees("体验登录：Wiki", "已要求：规则要求验证码", "此人现在已进入 Wiki")
    assert boss.page.root.all("html")[0].get("lang") == "zh-Hans"


def test_the_language_of_a_trial_is_not_that_of_the_console(boss: Visitor) -> None:
    begins(boss).clicks("简体中文").sees("登录")
    assert leads_to(boss, "/trial/login")
    boss.opens("/").sees("Welcome, boss")
    boss.opens("/trial/login").sees("登录")
