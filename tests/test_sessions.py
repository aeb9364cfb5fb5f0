"""What does a browser hold, when is it replaced, and what becomes of tabs, stale pages and copies? On two processes."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from typing import Any

import pytest
from flask.sessions import SecureCookieSessionInterface

from tests.conftest import PASSWORD
from tests.people import is_home, leads_to
from tests.processes import until
from tests.town import ROOMY, Town, town_of, twin
from tests.visitor import Visitor

pytest_plugins = ["tests.towns"]


def held(town: Town, visitor: Visitor) -> dict[str, Any]:
    """What the cookie says, read as whoever has the key would."""
    serializer = SecureCookieSessionInterface().get_signing_serializer(town.app)
    assert serializer is not None
    found: dict[str, Any] = serializer.loads(visitor.cookies["portal"].value)
    return found


def state_of(town: Town, token: str) -> str | None:
    """Where the sign-in of that token stands; None where there is none."""
    rows = town.rows("SELECT state FROM sign_in WHERE token_hash = :digest", digest=hashlib.sha256(token.encode()).digest())
    return rows[0].state if rows else None


def test_the_cookie_holds_seed_and_token_and_both_are_replaced_at_every_level(town: Town) -> None:
    username, phone = town.person()
    visitor = town.visitor().opens("/login")
    before = held(town, visitor)
    assert before.keys() == {"csrf_token"}

    visitor.fills(identifier=username, password=PASSWORD).submits()
    under_way = held(town, visitor)
    assert under_way.keys() == {"csrf_token", "pending"}
    assert under_way["csrf_token"] != before["csrf_token"]

    assert is_home(visitor.enters_code(phone), username)
    complete = held(town, visitor)
    assert complete.keys() == {"csrf_token", "_user_id"}
    assert len({before["csrf_token"], under_way["csrf_token"], complete["csrf_token"]}) == 3
    assert complete["_user_id"] != under_way["pending"]
    assert (state_of(town, under_way["pending"]), state_of(town, complete["_user_id"])) == (None, "complete")


def test_a_cookie_from_before_is_worth_nothing_afterwards(town: Town) -> None:
    username, phone = town.person()
    visitor = town.at_code_page(username)
    code_page = twin(visitor)

    assert is_home(visitor.enters_code(phone), username)
    home = twin(visitor)
    assert leads_to(code_page.opens("/login/code"), "/login")
    assert leads_to(code_page.opens("/"), "/login")

    assert visitor.submits("Log out").sees("You are logged out.")
    assert leads_to(home.opens("/"), "/login")


def test_whoever_plants_a_cookie_gains_nothing_when_its_bearer_signs_in(town: Town) -> None:
    username, phone = town.person()
    attacker = town.visitor().opens("/login")
    victim = twin(attacker).logs_in(username, PASSWORD)

    assert leads_to(attacker.opens("/login/code"), "/login")
    assert is_home(victim.enters_code(phone), username)
    assert leads_to(attacker.opens("/"), "/login")
    attacker.cookies["portal"].set("portal", victim.cookies["portal"].value[:-2], victim.cookies["portal"].value[:-2])
    assert leads_to(attacker.opens("/"), "/login")


def test_a_page_from_before_signing_in_is_answered_with_where_one_stands(town: Town) -> None:
    username, phone = town.person()
    visitor = town.visitor().opens("/login")
    stale = visitor.tokens[0]
    visitor.fills(identifier=username, password=PASSWORD).submits().enters_code(phone)

    for path in ("/login/code", "/login/code/resend", "/login/cancel", "/login/phone", "/logout"):
        visitor.posts(path, csrf_token=stale, code="123456")
        assert visitor.status in (200, 400), path
        assert is_home(visitor.opens("/"), username)
    assert visitor.posts("/login", csrf_token=stale, identifier=username, password=PASSWORD).status == 400
    assert is_home(visitor.opens("/"), username)


def test_two_tabs_at_the_code_page_both_end_at_home(town: Town) -> None:
    username, phone = town.person()
    visitor = town.at_code_page(username)
    code, late = visitor.reads_code(phone), twin(visitor)
    assert is_home(visitor.fills(code=code).submits(), username)

    late.cookies = visitor.cookies
    late.fills(code=code).submits()

    assert late.status in (200, 400)
    assert is_home(late if late.path == "/" else late.opens("/login/code"), username)


def test_two_people_in_one_browser_never_mix(town: Town) -> None:
    (first, first_phone), (second, second_phone) = town.person(), town.person()
    visitor = town.at_code_page(first)
    old_tab, code = twin(visitor), visitor.reads_code(first_phone)
    visitor.logs_in(second, PASSWORD)
    old_tab.cookies = visitor.cookies

    old_tab.fills(code=code).submits()

    assert old_tab.status in (400, 422)
    assert leads_to(old_tab.opens("/"), "/login")
    assert is_home(visitor.opens("/login/code").enters_code(second_phone), second)
    visitor.submits("Log out")
    assert is_home(visitor.logs_in(first, PASSWORD).enters_code(first_phone), first)


def test_the_login_page_sends_a_signed_in_person_home(town: Town) -> None:
    username, phone = town.person()
    visitor = town.at_code_page(username).enters_code(phone)

    assert is_home(visitor.opens("/login"), username)
    assert is_home(visitor.opens("/login/code"), username)
    assert leads_to(visitor.opens("/login?next=/login/code"), "/")


@pytest.mark.parametrize(("words", "given"), [
    (("suspend",), ""), (("reset-mfa",), ""), (("delete",), ""),
    (("set-password", "--password-stdin"), "tulip-harbour-velvet-31\n"),
])
def test_who_loses_access_is_out_at_once_in_every_process(town: Town, words: tuple[str, ...], given: str) -> None:
    username, phone = town.person()
    inside, halfway = town.at_code_page(username).enters_code(phone), town.at_code_page(username)
    assert is_home(inside, username)

    done = town.portal.cli("user", words[0], username, *words[1:], given=given)

    assert done.returncode == 0, done.stderr
    for _ in range(4):
        assert leads_to(twin(inside).opens("/"), "/login")
        assert leads_to(twin(halfway).opens("/login/code"), "/login")


@pytest.fixture(scope="module")
def hasty() -> Iterator[Town]:
    """A portal in which everything ends soon."""
    with town_of(PORTAL_SIGN_IN_LIFETIME="4", PORTAL_SESSION_IDLE="2", PORTAL_SESSION_LIFETIME="4", **ROOMY) as town:
        yield town


def test_a_sign_in_that_took_too_long_says_so_and_begins_anew(hasty: Town) -> None:
    username, phone = hasty.person()
    visitor = hasty.at_code_page(username)
    code, page = visitor.reads_code(phone), twin(visitor)
    until(lambda: twin(visitor).opens("/login/code").path.startswith("/login?"), seconds=15, what="the end of the sign-in")

    assert page.fills(code=code).submits().sees("That took too long")
    assert visitor.opens("/login/code").sees("That took too long")
    assert is_home(visitor.fills(identifier=username, password=PASSWORD).submits().enters_code(phone), username)


def test_a_session_ends_by_idleness_and_in_use_at_its_end(hasty: Town) -> None:
    (idle, idle_phone), (busy, busy_phone) = hasty.person(), hasty.person()
    rests = hasty.at_code_page(idle).enters_code(idle_phone)
    works = hasty.at_code_page(busy).enters_code(busy_phone)
    assert is_home(rests, idle)
    seen: list[float] = []

    def ended() -> bool:
        seen.append(time.monotonic())
        return works.opens("/").path.startswith("/login")

    until(ended, seconds=15, what="the end of a session in use")

    assert seen[-1] - seen[0] > 2.5
    assert leads_to(rests.opens("/"), "/login")


def test_cookies_are_out_of_reach_of_scripts_and_other_sites(town: Town) -> None:
    username, phone = town.person()
    visitor = town.at_code_page(username).enters_code(phone).opens("/?lang=en")
    assert visitor.cookies.keys() == {"portal", "lang"}
    for cookie in visitor.cookies.values():
        assert (cookie["httponly"], cookie["samesite"], cookie["path"], cookie["domain"]) == (True, "Lax", "/", "")
    assert visitor.cookies["portal"]["expires"] == visitor.cookies["portal"]["max-age"] == ""
