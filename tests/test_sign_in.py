"""Does a person with a phone come in with a password and a code, whatever they do on the way?"""

from __future__ import annotations

import pytest
from flask import Flask

from tests import people
from tests.conftest import PASSWORD
from tests.people import OTHER_PHONE, PHONE, Later, MakeUser, MakeVisitor, comes_in, does, is_home, is_outside, leads_to
from tests.visitor import Visitor

later = people.later
home_is_germany = pytest.mark.settings(PORTAL_HOME_COUNTRY="DE")


@pytest.fixture
def li_na(make_user: MakeUser) -> int:
    return make_user(username="li.na", email="Li.Na@example.com", phone=PHONE)


def test_a_password_and_a_code_lead_home_within_two_pages(visitor: Visitor, li_na: int, both_databases: str) -> None:
    visitor.logs_in("li.na", PASSWORD)
    assert leads_to(visitor, "/login/code")
    assert visitor.sees("Verification code login", "Mobile phone number", "+49 ••• •••• ••78")
    visitor.enters_code(PHONE)
    assert is_home(visitor, "li.na")
    assert visitor.sees("Verified by text message")


@home_is_germany
@pytest.mark.parametrize("identifier", [
    "li.na", "LI.NA", "  li.na ", "ｌｉ．ｎａ",
    "Li.Na@example.com", "li.na@EXAMPLE.com",
    "+4915112345678", "+49 151 12345678", "+49 (151) 123-456-78", "0049 151 12345678",
    "015112345678", "0151 1234 5678", "0151/12345678", "0151-1234-5678", "０１５１１２３４５６７８",
    "＋４９１５１１２３４５６７８", "٠١٥١١٢٣٤٥٦٧٨",
])
def test_one_person_is_meant_by_every_spelling_of_an_identifier(visitor: Visitor, li_na: int, identifier: str) -> None:
    assert is_home(comes_in(visitor, identifier, PHONE), "li.na")


def test_a_national_number_means_nobody_where_no_home_country_is_set(visitor: Visitor, li_na: int) -> None:
    visitor.logs_in("015112345678", PASSWORD)
    assert visitor.status == 422
    assert visitor.sees("That account and password don’t match.")


def test_a_username_of_digits_cannot_be_had_so_no_identifier_is_two_peoples(app: Flask) -> None:
    for name in ("015112345678", "+49151", "li@na", "123456"):
        assert people.command(app, "user", "create", "--username", name).exit_code == 1


@pytest.mark.parametrize("person", ["unknown", "suspended", "without a password", "wrong password"])
def test_every_refusal_reads_the_same(app: Flask, visitor: Visitor, make_user: MakeUser, person: str) -> None:
    make_user(username="without", password=None)
    make_user(username="suspended")
    make_user(username="wrong")
    does(app, "user", "suspend", "suspended")
    visitor.logs_in(person.split(maxsplit=1)[0], "not the password" if person == "wrong password" else PASSWORD)
    assert visitor.status == 422
    assert visitor.redirects == []
    assert visitor.sees("That account and password don’t match. Check both and try again.")


def test_what_was_typed_is_kept_but_the_password(visitor: Visitor, li_na: int) -> None:
    visitor.logs_in("li.na", "not the password")
    assert dict(visitor.form("identifier").values())["identifier"] == "li.na"
    assert visitor.does_not_see("not the password")


@pytest.mark.parametrize(("typed", "said"), [
    ({"identifier": "li.na"}, "Enter your password."),
    ({"password": PASSWORD}, "Enter your username, mobile phone number or email."),
])
def test_an_empty_field_says_what_belongs_there(visitor: Visitor, li_na: int, typed: dict[str, str], said: str) -> None:
    visitor.opens("/login").fills(**typed).submits()
    assert visitor.status == 422
    assert visitor.sees(said)


def test_a_user_whom_no_rule_asks_is_home_at_once(app: Flask, visitor: Visitor, li_na: int) -> None:
    does(app, "mfa", "--global", "off")
    visitor.logs_in("li.na", PASSWORD)
    assert is_home(visitor, "li.na")
    assert visitor.text_messages(PHONE) == []


def test_the_page_that_was_wanted_is_opened_after_the_code(visitor: Visitor, make_user: MakeUser) -> None:
    make_user(username="boss", phone=PHONE, administrator=True)
    visitor.opens("/settings/mfa")
    assert leads_to(visitor, "/login")
    visitor.fills(identifier="boss", password=PASSWORD).submits().enters_code(PHONE)
    assert leads_to(visitor, "/settings/mfa")


@pytest.mark.parametrize("target", [
    "https://evil.example/", "//evil.example/", "/\\evil.example", "\\\\evil.example", "/\t/evil.example", "javascript:alert(1)",
    "/%0d%0aSet-Cookie:x=y", "http:evil.example", "///evil.example", "/\n/evil.example",
])
def test_no_return_address_leads_out_of_the_portal(visitor: Visitor, li_na: int, target: str) -> None:
    from urllib.parse import quote

    visitor.opens(f"/login?next={quote(target, safe='')}").fills(identifier="li.na", password=PASSWORD).submits()
    visitor.enters_code(PHONE)
    assert all(location.startswith("/") and not location.startswith("//") for _, location in visitor.redirects)
    assert "evil" not in visitor.path or visitor.status == 404


def test_a_sign_in_can_be_cancelled(visitor: Visitor, li_na: int) -> None:
    visitor.logs_in("li.na", PASSWORD)
    code = visitor.reads_code(PHONE)
    held = dict(visitor.cookies)
    visitor.submits("Cancel and log in as somebody else")
    assert leads_to(visitor, "/login")
    assert visitor.sees("The login was cancelled.")
    visitor.cookies = held
    visitor.opens("/login/code")
    assert leads_to(visitor, "/login")
    assert visitor.sees("That login has ended.")
    visitor.posts("/login/code", code=code)
    assert is_outside(visitor)


def test_logging_out_ends_the_sign_in_and_says_so(visitor: Visitor, li_na: int) -> None:
    comes_in(visitor, "li.na", PHONE).submits("Log out")
    assert leads_to(visitor, "/login")
    assert visitor.sees("You are logged out.")
    assert is_outside(visitor)


def test_logging_out_clears_what_the_browser_kept_but_no_sibling_s_cookies(visitor: Visitor, li_na: int) -> None:
    comes_in(visitor, "li.na", PHONE)
    token = visitor.tokens[0]
    answer = visitor.sends("POST", "/logout", content=f"csrf_token={token}".encode(),
                           headers=[("Content-Type", "application/x-www-form-urlencoded")])
    assert answer.status == 303
    assert answer.header("Clear-Site-Data") == '"cache", "storage"'
    assert "portal" not in visitor.cookies


def test_a_copied_cookie_is_worth_nothing_after_logging_out(visitor: Visitor, another_visitor: MakeVisitor, li_na: int) -> None:
    comes_in(visitor, "li.na", PHONE)
    thief = another_visitor()
    thief.cookies = dict(visitor.cookies)
    assert is_home(thief.opens("/"), "li.na")
    visitor.submits("Log out")
    assert is_outside(thief)


def test_a_cookie_from_before_the_code_is_worth_nothing_after_it(
    visitor: Visitor, another_visitor: MakeVisitor, li_na: int,
) -> None:
    visitor.opens("/login")
    before_password = dict(visitor.cookies)
    visitor.logs_in("li.na", PASSWORD)
    before_code = dict(visitor.cookies)
    visitor.enters_code(PHONE)
    assert len({cookies["portal"].value for cookies in (before_password, before_code, visitor.cookies)}) == 3
    for held in (before_password, before_code):
        thief = another_visitor()
        thief.cookies = dict(held)
        assert is_outside(thief)


def test_the_cookie_holds_seed_and_token_and_nothing_else(app: Flask, visitor: Visitor, li_na: int) -> None:
    reader = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    visitor.logs_in("li.na", PASSWORD)
    assert set(reader.loads(visitor.cookies["portal"].value)) == {"pending", "csrf_token"}
    visitor.enters_code(PHONE)
    assert set(reader.loads(visitor.cookies["portal"].value)) == {"_user_id", "csrf_token"}
    assert visitor.cookies["portal"]["httponly"]
    assert visitor.cookies["portal"]["samesite"] == "Lax"


@pytest.mark.parametrize("path", ["/", "/settings/mfa"])
def test_a_password_alone_opens_nothing(visitor: Visitor, make_user: MakeUser, path: str) -> None:
    make_user(username="boss", phone=PHONE, administrator=True)
    visitor.logs_in("boss", PASSWORD).opens(path)
    assert leads_to(visitor, "/login")
    assert visitor.does_not_see("boss", "Save changes")


def test_a_sign_in_that_was_left_alone_expires_with_its_code(visitor: Visitor, li_na: int, later: Later) -> None:
    visitor.logs_in("li.na", PASSWORD)
    code = visitor.reads_code(PHONE)
    later(601)
    visitor.fills(code=code).submits()
    assert leads_to(visitor, "/login")
    assert visitor.sees("That took too long")
    assert is_outside(visitor)


def test_a_session_ends_by_idleness_and_after_its_lifetime(visitor: Visitor, li_na: int, later: Later) -> None:
    comes_in(visitor, "li.na", PHONE)
    for _ in range(3):
        later(11 * 3_600)
        assert is_home(visitor.opens("/"), "li.na")
    later(12 * 3_600 + 1)
    assert is_outside(visitor)


@pytest.mark.settings(PORTAL_SESSION_IDLE="86400", PORTAL_SESSION_LIFETIME="172800")
def test_a_session_in_use_ends_all_the_same(visitor: Visitor, li_na: int, later: Later) -> None:
    comes_in(visitor, "li.na", PHONE)
    for _ in range(3):
        assert is_home(visitor.opens("/"), "li.na")
        later(16 * 3_600)
    assert is_outside(visitor)


def test_whoever_signs_in_anew_in_one_browser_leaves_the_first_behind(
    visitor: Visitor, another_visitor: MakeVisitor, li_na: int, make_user: MakeUser,
) -> None:
    make_user(username="omar", phone=OTHER_PHONE)
    comes_in(visitor, "li.na", PHONE)
    copy = another_visitor()
    copy.cookies = dict(visitor.cookies)
    visitor.submits("Log out")
    assert is_home(comes_in(visitor, "omar", OTHER_PHONE), "omar")
    assert is_outside(copy)


def test_a_sign_in_under_way_gives_way_to_the_next_in_the_same_browser(
    visitor: Visitor, another_visitor: MakeVisitor, li_na: int, make_user: MakeUser,
) -> None:
    make_user(username="omar", phone=OTHER_PHONE)
    visitor.logs_in("li.na", PASSWORD)
    copy = another_visitor()
    copy.cookies = dict(visitor.cookies)
    assert is_home(comes_in(visitor, "omar", OTHER_PHONE), "omar")
    copy.opens("/login/code")
    assert leads_to(copy, "/login")


def test_a_second_tab_that_is_late_finds_its_person_at_home(visitor: Visitor, li_na: int) -> None:
    visitor.logs_in("li.na", PASSWORD)
    page, code = visitor.page, visitor.reads_code(PHONE)
    visitor.fills(code=code).submits()
    visitor.page, visitor.path = page, "/login/code"
    visitor.fills(code=code).submits()
    assert visitor.status == 400
    assert visitor.sees("This page is out of date")
    assert is_home(visitor.clicks("Go on"), "li.na")


def test_the_back_button_leads_on(visitor: Visitor, li_na: int) -> None:
    comes_in(visitor, "li.na", PHONE)
    for path in ("/login", "/login/code"):
        assert is_home(visitor.opens(path), "li.na")
    visitor.opens("/login/phone")
    assert visitor.status == 200


@pytest.mark.parametrize("path", ["/login/code", "/login/phone"])
def test_the_second_step_without_the_first_leads_to_the_login_page(visitor: Visitor, path: str) -> None:
    assert leads_to(visitor.opens(path), "/login")


@pytest.mark.parametrize("what", ["suspend", "reset-mfa", "delete", "set-password"])
def test_who_loses_access_is_out_at_once(
    app: Flask, visitor: Visitor, another_visitor: MakeVisitor, li_na: int, what: str,
) -> None:
    half = another_visitor().logs_in("li.na", PASSWORD)
    code = half.reads_code(PHONE)
    comes_in(visitor, "li.na", PHONE)
    given = ["--password-stdin"] if what == "set-password" else []
    does(app, "user", what, "li.na", *given, given="a wholly different passphrase\n")
    assert is_outside(visitor)
    half.fills(code=code).submits()
    assert leads_to(half, "/login")
    assert is_outside(half)


def test_a_bypass_lets_its_user_in_once(app: Flask, visitor: Visitor, another_visitor: MakeVisitor, li_na: int) -> None:
    does(app, "user", "bypass", "li.na", "--minutes", "5")
    visitor.logs_in("li.na", PASSWORD)
    assert is_home(visitor, "li.na")
    assert visitor.sees("An administrator let you in once without a code.")
    assert leads_to(another_visitor().logs_in("li.na", PASSWORD), "/login/code")


def test_a_bypass_runs_out(app: Flask, visitor: Visitor, li_na: int, later: Later) -> None:
    does(app, "user", "bypass", "li.na", "--minutes", "5")
    later(301)
    assert leads_to(visitor.logs_in("li.na", PASSWORD), "/login/code")


def test_a_form_without_its_token_signs_nobody_in(visitor: Visitor, li_na: int) -> None:
    visitor.opens("/login").posts("/login", identifier="li.na", password=PASSWORD, csrf_token="forged")
    assert visitor.status == 400
    assert dict(visitor.form("identifier").values())["identifier"] == "li.na"
    assert is_outside(visitor)


def test_a_code_without_its_token_is_not_looked_at(visitor: Visitor, li_na: int) -> None:
    visitor.logs_in("li.na", PASSWORD)
    code = visitor.reads_code(PHONE)
    visitor.posts("/login/code", code=code, csrf_token="")
    assert visitor.status == 400
    assert visitor.sees("Verification code login")
    assert is_home(visitor.fills(code=code).submits(), "li.na")
