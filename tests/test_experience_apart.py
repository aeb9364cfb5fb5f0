"""Is a trial kept apart? What belongs to it is worth nothing outside, and nothing from outside is worth anything in it."""

from __future__ import annotations

import base64
import json
import zlib
from http.cookies import Morsel, SimpleCookie
from typing import Any

import pytest
from flask import Flask
from flask.sessions import SecureCookieSessionInterface

from portal.accounts import credentials
from tests import people
from tests.conftest import PASSWORD
from tests.people import (
    OTHER_PHONE,
    PHONE,
    Later,
    MakeUser,
    MakeVisitor,
    add_application,
    comes_in,
    does,
    is_home,
    is_outside,
    leads_to,
    rows,
    told,
)
from tests.test_ways_in import goes, ways
from tests.visitor import Visitor

later = people.later
TRIAL, OWN = "portal-trial", "portal"
THERE = {
    "GET /login", "POST /login", "GET /login/scan", "POST /login/scan", "GET /login/scan/state",
    "GET /login/with/<name>", "GET /login/with/<name>/callback", "GET /login/with/<name>/form", "POST /login/with/<name>/form",
    "GET /login/phone", "POST /login/phone", "GET /login/code", "POST /login/code",
    "GET /login/code/state", "POST /login/code/resend", "POST /login/code/call", "POST /login/cancel", "GET /login/password",
    "POST /login/password",
    "GET /result", "POST /result/again", "POST /result/end",
    "GET /applications/<client_id>/logo", "GET /applications/<client_id>/accent.css",
}
"""All that a trial has."""


@pytest.fixture
def boss(app: Flask, make_user: MakeUser, another_visitor: MakeVisitor) -> Visitor:
    make_user(username="boss", phone=OTHER_PHONE, administrator=True)
    make_user(username="li.na", phone=PHONE)
    add_application(app, "Wiki")
    return comes_in(another_visitor(), "boss", OTHER_PHONE)


def begins(boss: Visitor, application: int = 1) -> Visitor:
    return boss.opens(f"/admin/applications/{application}").submits("Experience login")


def tries(boss: Visitor) -> Visitor:
    return begins(boss).fills(identifier="li.na", password=PASSWORD).submits()


def held(cookie: Morsel[str]) -> dict[str, Any]:
    """What anybody can read in a session cookie."""
    packed, text = cookie.value.startswith("."), cookie.value.lstrip(".").split(".")[0]
    content = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    found: dict[str, Any] = json.loads(zlib.decompress(content) if packed else content)
    return found


def signed(app: Flask, salt: str, **content: Any) -> Morsel[str]:
    """A session cookie as the portal itself would sign it, were somebody able to have it signed."""
    interface = SecureCookieSessionInterface()
    interface.salt = salt
    serializer = interface.get_signing_serializer(app)
    assert serializer is not None
    return SimpleCookie({"it": str(serializer.dumps(content))})["it"]


def test_the_administrator_s_own_session_is_neither_used_nor_changed(app: Flask, boss: Visitor) -> None:
    own = boss.cookies[OWN].value
    before = rows(app, "SELECT * FROM sign_in")
    tries(boss).enters_code(PHONE).submits("End")
    assert boss.cookies[OWN].value == own
    assert rows(app, "SELECT * FROM sign_in WHERE trial_id IS NULL") == before
    assert is_home(boss.opens("/"), "boss")


def test_trying_it_with_one_s_own_account_ends_nothing_of_one_s_own(boss: Visitor) -> None:
    begins(boss).fills(identifier="boss", password=PASSWORD).submits().enters_code(OTHER_PHONE)
    assert leads_to(boss, "/trial/result")
    assert is_home(boss.opens("/"), "boss")
    boss.opens("/admin/applications").sees("Wiki")


def test_a_trial_s_cookie_says_only_which_trial_seed_and_token(boss: Visitor) -> None:
    assert held(begins(boss).cookies[TRIAL]).keys() == {"trial", "csrf_token"}
    assert held(tries(boss).cookies[TRIAL]).keys() == {"trial", "csrf_token", "pending"}
    assert held(boss.enters_code(PHONE).cookies[TRIAL]).keys() == {"trial", "csrf_token", "_user_id"}


@pytest.mark.parametrize("step", ["half way", "complete"])
def test_a_trial_s_cookie_is_worth_nothing_in_the_place_of_the_portal_s(
    boss: Visitor, another_visitor: MakeVisitor, step: str,
) -> None:
    tries(boss)
    if step == "complete":
        boss.enters_code(PHONE)
    thief = another_visitor()
    thief.cookies[OWN] = boss.cookies[TRIAL]
    assert is_outside(thief)
    assert leads_to(thief.opens("/login/code"), "/login")


def test_the_portal_s_cookie_is_worth_nothing_in_the_place_of_a_trial_s(boss: Visitor, another_visitor: MakeVisitor) -> None:
    thief = another_visitor()
    thief.cookies[TRIAL] = boss.cookies[OWN]
    assert thief.opens("/trial/result").status == 404
    assert thief.opens("/trial/login").status == 404


def test_a_trial_s_token_opens_nothing_outside_even_in_a_cookie_that_is_signed_well(
    app: Flask, boss: Visitor, another_visitor: MakeVisitor,
) -> None:
    token = held(tries(boss).cookies[TRIAL])["pending"]
    thief = another_visitor()
    thief.cookies[OWN] = signed(app, "cookie-session", pending=token, csrf_token="a", trial=1)
    assert leads_to(thief.opens("/login/code"), "/login")
    token = held(boss.opens("/trial/login/code").enters_code(PHONE).cookies[TRIAL])["_user_id"]
    thief.cookies[OWN] = signed(app, "cookie-session", _user_id=token, csrf_token="a", trial=1)
    assert is_outside(thief)


def test_a_token_from_outside_is_none_in_a_trial_nor_is_that_of_another_trial(
    app: Flask, boss: Visitor, another_visitor: MakeVisitor,
) -> None:
    own = held(boss.cookies[OWN])["_user_id"]
    pending = held(tries(boss).cookies[TRIAL])["pending"]
    begins(boss)
    for name, token in (("_user_id", own), ("pending", pending)):
        thief = another_visitor()
        thief.cookies[TRIAL] = signed(app, "trial-session", trial=2, csrf_token="a", **{name: token})
        assert leads_to(thief.opens("/trial/login/code"), "/trial/login")
        thief.fills(identifier="li.na", password="wrong").submits().sees("don’t match")
    assert is_home(boss.opens("/"), "boss")
    assert [row.state for row in rows(app, "SELECT state FROM sign_in ORDER BY id")] == ["complete", "awaiting_code"]


def test_a_new_login_in_a_trial_ends_no_sign_in_of_outside(app: Flask, boss: Visitor, another_visitor: MakeVisitor) -> None:
    own = held(boss.cookies[OWN])["_user_id"]
    begins(boss)
    thief = another_visitor()
    thief.cookies[TRIAL] = signed(app, "trial-session", trial=1, csrf_token="a", _user_id=own)
    thief.opens("/trial/login").fills(identifier="li.na", password=PASSWORD).submits()
    assert leads_to(thief, "/trial/login/code")
    assert is_home(boss.opens("/"), "boss")


def test_a_trial_is_over_after_fifteen_minutes_wherever_it_stands(app: Flask, boss: Visitor, later: Later) -> None:
    tries(boss)
    code = boss.reads_code(PHONE)
    later(901)
    assert boss.fills(code=code).submits().status == 410
    boss.sees("This trial is over", "Start it again")
    assert boss.opens("/trial/result").status == 410
    assert [row.state for row in rows(app, "SELECT state FROM sign_in WHERE trial_id IS NOT NULL")] == ["awaiting_code"]


def test_no_sign_in_of_a_trial_outlives_it(app: Flask, boss: Visitor, later: Later) -> None:
    later(1)
    tries(boss)
    later(500)
    boss.opens("/trial/login/code").submits("Send verification code").enters_code(PHONE)
    ends = "SELECT s.expires_at, s.must_end_at, t.ends_at, t.started_at FROM sign_in s JOIN trial t ON t.id = s.trial_id"
    [row] = rows(app, ends)
    assert row.expires_at == row.must_end_at == row.ends_at == row.started_at + 900


def test_a_login_half_way_ends_with_its_trial_at_the_latest(app: Flask, boss: Visitor, later: Later) -> None:
    begins(boss)
    later(800)
    boss.fills(identifier="li.na", password=PASSWORD).submits()
    [row] = rows(app, "SELECT s.expires_at, s.must_end_at, t.ends_at FROM sign_in s JOIN trial t ON t.id = s.trial_id")
    assert row.expires_at == row.must_end_at == row.ends_at


def test_the_clean_up_takes_old_trials_away_with_their_sign_ins(app: Flask, boss: Visitor, later: Later) -> None:
    tries(boss).submits("Cancel and log in as somebody else")
    assert told(app, "cleanup")["trials"] == 0
    later(31 * 86_400)
    assert told(app, "cleanup")["trials"] == 1
    assert rows(app, "SELECT id FROM sign_in WHERE trial_id IS NOT NULL") == []


def test_the_trial_ends_with_its_application(app: Flask, boss: Visitor) -> None:
    tries(boss).opens("/admin/applications/1/delete").fills(name="Wiki").submits("Delete application")
    assert rows(app, "SELECT id FROM application") == []
    assert boss.opens("/trial/login/code").status == 410
    assert rows(app, "SELECT id FROM sign_in WHERE trial_id IS NOT NULL") == []


def test_an_application_may_be_deleted_while_a_password_is_checked(
    app: Flask, boss: Visitor, monkeypatch: pytest.MonkeyPatch,
) -> None:
    begins(boss)
    check = credentials.check

    def meanwhile(*about: Any) -> Any:
        does(app, "application", "delete", "Wiki", "--yes")
        return check(*about)

    monkeypatch.setattr(credentials, "check", meanwhile)
    assert boss.fills(identifier="li.na", password=PASSWORD).submits().status == 410
    boss.sees("This trial is over")
    assert rows(app, "SELECT id FROM sign_in WHERE trial_id IS NOT NULL") == []


def test_of_two_trials_in_one_browser_the_newer_counts(app: Flask, boss: Visitor) -> None:
    add_application(app, "Shop")
    first = begins(boss).tokens[0]
    begins(boss, 2).sees("Log in to Shop")
    boss.posts("/trial/login", csrf_token=first, identifier="li.na", password=PASSWORD)
    assert boss.status == 400
    boss.sees("Log in to Shop")


def test_a_trial_cannot_be_begun_by_a_forged_form(app: Flask, boss: Visitor) -> None:
    boss.opens("/admin/applications/1").posts("/admin/applications/1/experience", csrf_token="forged")
    assert boss.status == 400
    answer = boss.sends("POST", "/admin/applications/1/experience", headers=[("Sec-Fetch-Site", "cross-site")])
    assert answer.status == 400
    assert rows(app, "SELECT id FROM trial") == []
    assert TRIAL not in boss.cookies


def test_the_forms_of_a_trial_need_its_own_seed(boss: Visitor) -> None:
    own = boss.opens("/admin/applications/1").tokens[0]
    tries(boss).enters_code(PHONE)
    assert boss.posts("/trial/result/end", csrf_token=own).status == 400
    boss.sees("Try again")


@pytest.mark.parametrize("who", ["nobody", "administrator", "in a trial"])
def test_under_the_prefix_there_is_nothing_but_what_a_trial_needs(
    app: Flask, boss: Visitor, another_visitor: MakeVisitor, who: str,
) -> None:
    visitor = another_visitor() if who == "nobody" else begins(boss) if who == "in a trial" else boss
    visitor.opens("/trial/login")
    for way in ways(app):
        method, _, path = way.partition(" ")
        answer = goes(visitor, f"{method} /trial{path.replace('<client_id>', 'client-wiki')}")
        there = who == "in a trial" and way in THERE and not path.startswith(("/applications", "/login/with"))
        assert (answer.status != 404) is there, f"{who}: {way}: {answer.status}"
        if who == "in a trial" and way == "POST /result/end":
            begins(boss)


def test_everything_that_a_trial_has_is_named(app: Flask) -> None:
    marked = {name for name, view in app.view_functions.items() if getattr(view, "in_trials", "")}
    found = {f"{method} {rule.rule}" for rule in app.url_map.iter_rules() if rule.endpoint in marked
             for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}}
    assert found == THERE


def test_the_cookie_of_a_trial_is_the_portal_s_alone(boss: Visitor) -> None:
    boss.opens("/admin/applications/1")
    answer = boss.sends("POST", "/admin/applications/1/experience", content=f"csrf_token={boss.tokens[0]}".encode(),
                        headers=[("Content-Type", "application/x-www-form-urlencoded")])
    [cookie] = [value for name, value in answer.headers if name == "Set-Cookie"]
    assert cookie.startswith(f"{TRIAL}=")
    assert {"HttpOnly", "Path=/", "SameSite=Lax"} <= {part.strip() for part in cookie.split(";")}
    assert answer.header("Location") == "/trial/login?application=client-wiki"


@pytest.mark.settings(PORTAL_URL="https://login.example.com")
def test_with_https_the_cookie_of_a_trial_is_bound_to_the_host_as_the_portal_s_own(boss: Visitor) -> None:
    cookie = begins(boss).cookies["__Host-portal-trial"]
    assert (cookie["path"], cookie["domain"], bool(cookie["secure"]), bool(cookie["httponly"])) == ("/", "", True, True)


def test_a_trial_throws_no_switch_and_counts_in_no_number(app: Flask, boss: Visitor) -> None:
    does(app, "mfa", "--global", "off")
    before = boss.opens("/settings/mfa").page.text
    tries(boss)
    assert boss.opens("/settings/mfa").page.text == before
