"""Does what no browser of ours would send get a page of ours with the right status, and lose nothing typed?"""

from __future__ import annotations

import http.client
from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import PASSWORD
from tests.people import is_home, leads_to
from tests.strange import BODIES, MULTIPART, Arrive, ours
from tests.town import Town
from tests.visitor import FORM, Visitor

pytest_plugins = ["tests.towns", "tests.arrivals"]
ODD = ["NUL", "half a surrogate pair", "invalid UTF-8", "control characters", "10 kB", "markup", "JSON"]


def send(visitor: Visitor, kind: str, content: bytes, *, path: str = "", token: bool = True) -> Visitor:
    """A body of one's own making to the page that is open, its token in a header as scripts send it."""
    headers = ([("Content-Type", kind)] if kind else []) + ([("X-CSRFToken", visitor.tokens[0])] if token else [])
    visitor.answer = visitor.sends("POST", path or visitor.path, content=content, headers=headers)
    visitor.page = type(visitor.page)(visitor.answer.text)
    return visitor


@pytest.mark.parametrize("path", ["/login", "/login/phone", "/login/code", "/first-administrator"])
@pytest.mark.parametrize("what", BODIES)
def test_a_body_that_no_form_of_ours_makes_is_refused_on_a_page_of_ours(arrive: Arrive, path: str, what: str) -> None:
    kind, content, statuses = BODIES[what]
    visitor = arrive(path)
    before = visitor.page.heading

    send(visitor, kind, content)

    assert visitor.status in statuses, visitor.page.text
    assert ours(visitor.answer)
    assert visitor.page.heading == before or visitor.status == 413
    visitor.does_not_see("<script>alert")


@pytest.mark.parametrize("what", BODIES)
def test_the_switches_stay_as_they_are_whatever_is_sent(arrive: Arrive, what: str) -> None:
    kind, content, _statuses = BODIES[what]
    visitor = arrive("/settings/mfa")
    before = visitor.page.forms

    send(visitor, kind, content)

    assert ours(visitor.answer)
    assert visitor.status in (409, 413)
    assert visitor.opens("/settings/mfa").page.forms[0].values()[1:] == before[0].values()[1:]


@pytest.mark.parametrize("what", BODIES)
@pytest.mark.parametrize("path", ["/login/code/resend", "/login/code/call", "/login/cancel", "/logout"])
def test_buttons_without_fields_do_not_mind_what_is_sent_along(arrive: Arrive, path: str, what: str) -> None:
    kind, content, _statuses = BODIES[what]

    answer = send(arrive("/login/code"), kind, content, path=path).answer

    assert ours(answer)
    assert answer.status in (303, 413, 429)


@pytest.mark.parametrize("token", ["", "nonsense", "ImFiYyI.aaaa.bbbb", "é" * 50, "\x00"])
@pytest.mark.parametrize(("path", "typed"), [
    ("/login", {"identifier": "li.na", "password": PASSWORD}),
    ("/login/phone", {"country": "AT", "phone": "0664 1234567"}),
    ("/login/code", {"code": "123456"}),
    ("/first-administrator",
     {"username": "ada", "password": "tulip-harbour-velvet-31", "country": "AT", "phone": "0664 1234567"}),
])
def test_without_its_token_a_form_comes_back_with_what_was_typed(
    arrive: Arrive, path: str, typed: dict[str, str], token: str,
) -> None:
    visitor = arrive(path)

    visitor.posts(visitor.path, csrf_token=token, **typed)

    assert visitor.status == 400
    assert visitor.sees("It is fresh now: try again.")
    shown = dict(visitor.form(*typed).values())
    secret = {"password", "code"}
    assert {name: shown[name] for name in typed} == {name: "" if name in secret else value for name, value in typed.items()}
    again = visitor.fills(**{name: value for name, value in typed.items() if name in secret}).submits()
    assert again.status == (422 if path == "/login/code" else 200)


def test_a_token_of_another_browser_is_as_good_as_none(arrive: Arrive) -> None:
    visitor, other = arrive("/login"), arrive("/login")

    visitor.posts("/login", csrf_token=other.tokens[0], identifier="li.na", password=PASSWORD)

    assert visitor.status == 400


@pytest.mark.parametrize("site", ["cross-site"])
def test_a_form_that_another_site_sends_is_refused_even_with_a_token(arrive: Arrive, site: str) -> None:
    visitor = arrive("/login/code")
    content = f"csrf_token={visitor.tokens[0]}".encode()

    answer = visitor.sends("POST", "/login/cancel", content=content, headers=[("Content-Type", FORM), ("Sec-Fetch-Site", site)])

    assert (answer.status, ours(answer)) == (400, True)
    assert leads_to(visitor.opens("/login/code"), "/login/code")


def test_what_was_typed_stays_beside_a_wrong_password_or_number(arrive: Arrive) -> None:
    visitor = arrive("/login").fills(identifier="  Li.Na ", password="wrong").submits()
    assert visitor.status == 422
    assert dict(visitor.form("identifier").values())["identifier"] == "  Li.Na "
    assert dict(visitor.form("identifier").values())["password"] == ""

    visitor = arrive("/login/phone").fills(country="AT", phone="12").submits()
    assert visitor.status == 422
    assert dict(visitor.form("phone").values())["phone"] == "12"
    assert dict(visitor.form("phone").values())["country"] == "AT"


@pytest.mark.parametrize("harm", ["", "x", ".", "a.b.c", "%00", "A" * 4_000, "é", "eyJwZW5kaW5nIjoxfQ.aaaaaa.bbbbbbbbbbb"])
@pytest.mark.parametrize("path", ["/", "/login", "/login/code", "/settings/mfa"])
def test_a_cookie_that_is_not_ours_is_no_cookie(visitor: Visitor, path: str, harm: str) -> None:
    header = [("Cookie", f"portal={harm}; lang={harm}")]
    answer = visitor.transport.send("GET", path, headers=header, content=b"", address="127.0.0.1")

    assert ours(answer)
    assert answer.status == (200 if path == "/login" else 303)


@pytest.mark.parametrize("change", [
    lambda value: value[:-1], lambda value: value[: len(value) // 2], lambda value: value + "A", lambda value: "A" + value[1:],
    lambda value: value.replace(".", "", 1), lambda value: value * 2,
])
def test_a_cookie_that_was_changed_is_worth_nothing(arrive: Arrive, change: Callable[[str], str]) -> None:
    visitor = arrive("/login/code")
    value = visitor.cookies["portal"].value
    visitor.cookies["portal"].set("portal", change(value), change(value))

    assert leads_to(visitor.opens("/login/code"), "/login")


def test_too_large_a_form_is_a_page_of_ours_over_a_real_connection(town: Town) -> None:
    visitor = town.visitor().opens("/login")
    for content, kind in ((b"identifier=" + b"a" * 1_000_000, FORM), (b"--x\r\n" + b"a" * 1_000_000, MULTIPART)):
        try:
            answer = visitor.sends("POST", "/login", content=content, headers=[("Content-Type", kind)])
        except (ConnectionError, http.client.HTTPException):
            continue
        assert (answer.status, ours(answer)) == (413, True)
    assert "Traceback" not in town.portal.said()


@pytest.mark.parametrize("what", ODD)
def test_what_a_database_may_not_hold_never_reaches_it(town: Town, what: str) -> None:
    kind, content, statuses = BODIES[what]
    username, phone = town.person()
    unbound, _number = town.person(phone=False)
    visitors: list[Any] = [town.visitor().opens("/login"), town.at_code_page(username), town.visitor().logs_in(unbound, PASSWORD)]

    assert {send(visitor, kind, content).status for visitor in visitors} <= statuses
    for header in ("User-Agent", "Accept-Language", "X-Forwarded-For", "Referer"):
        odd = [(header, "\x01\xff" + "a" * 3_000)]
        assert visitors[0].sends("POST", "/login", content=content, headers=odd).status in (400, 413, 415)
    assert is_home(visitors[1].opens("/login/code").enters_code(phone), username)
