"""Do the attacks fail that were tried on the running portal: tricks with order, spelling, size, and what a log tells?"""

from __future__ import annotations

import socket
from collections.abc import Callable
from urllib.parse import urlencode

import pytest
from flask import Flask
from sqlalchemy import insert
from sqlalchemy.exc import DBAPIError

import config
from tests import people
from tests.conftest import PASSWORD, settings
from tests.people import (
    OTHER_PHONE,
    PHONE,
    Later,
    MakeUser,
    MakeVisitor,
    comes_in,
    command,
    does,
    is_home,
    is_outside,
    leads_to,
    rows,
    unlike,
)
from tests.servers import Portal
from tests.town import Town, at_once, post, twin
from tests.visitor import FORM, Visitor

pytest_plugins = ["tests.towns"]
later = people.later
POLICY = b"Content-Security-Policy: default-src 'none'"


def test_two_tabs_that_prove_two_numbers_at_once_wait_for_each_other_at_most(town: Town) -> None:
    for _ in range(4):
        username, first = town.person(phone=False)
        _nobody, second = town.person(phone=False)
        tabs = [(town.visitor().logs_in(username, PASSWORD).posts("/login/phone", country="DE", phone=number), number)
                for number in (first, second)]
        codes = [(tab, tab.reads_code(number)) for tab, number in tabs]

        answers = at_once(lambda tab: post(tab[0], "/login/code", code=tab[1]), codes)

        assert {answer.status for answer in answers} == {303}
        assert sum(tab.opens("/").path == "/" for tab, _number in tabs) == 1


def test_logins_and_codes_of_one_person_at_once_are_all_answered(town: Town) -> None:
    for _ in range(4):
        username, phone = town.person()
        waiting, fresh = town.at_code_page(username), [town.visitor().opens("/login") for _ in range(4)]
        code = {"code": waiting.reads_code(phone)}
        forms = [(waiting, "/login/code", code), (waiting, "/login/code/resend", {}),
                 *((each, "/login", {"identifier": username, "password": PASSWORD}) for each in fresh)]

        answers = at_once(lambda form: post(twin(form[0]), form[1], **form[2]), forms)

        assert max(answer.status for answer in answers) < 500


@pytest.mark.parametrize("deed", ["suspend", "reset-mfa", "set-password"])
def test_a_code_on_its_way_is_worth_nothing_after_its_person_s_access_changed(
    app: Flask, visitor: Visitor, make_user: MakeUser, both_databases: str, deed: str,
) -> None:
    make_user(username="li.na", phone=PHONE)
    code = visitor.logs_in("li.na", PASSWORD).reads_code(PHONE)
    does(app, "user", deed, "li.na", *(["--password-stdin"] if deed == "set-password" else []), given="another long phrase\n")
    if deed == "suspend":
        does(app, "user", "resume", "li.na")

    visitor.fills(code=code).submits()

    assert leads_to(visitor, "/login")
    assert is_outside(visitor)


def test_a_switch_thrown_amid_a_binding_holds_for_its_code(
    app: Flask, visitor: Visitor, make_user: MakeUser, both_databases: str,
) -> None:
    make_user(username="li.na")
    code = visitor.logs_in("li.na", PASSWORD).posts("/login/phone", country="DE", phone=PHONE).reads_code(PHONE)
    does(app, "mfa", "--binding", "administrators")

    visitor.fills(code=code).submits()

    assert leads_to(visitor, "/login/phone")
    assert visitor.sees("Ask your administrator to add your mobile phone number.")
    assert visitor.does_not_see("belongs to another account")
    assert rows(app, 'SELECT phone FROM "user"')[0].phone is None
    does(app, "mfa", "--binding", "user")
    assert is_outside(visitor)


def test_no_text_goes_to_a_number_that_administrators_alone_may_bind_by_now(
    app: Flask, visitor: Visitor, make_user: MakeUser, later: Later,
) -> None:
    make_user(username="li.na")
    visitor.logs_in("li.na", PASSWORD).posts("/login/phone", country="DE", phone=PHONE).reads_code(PHONE)
    does(app, "mfa", "--binding", "administrators")
    later(31)

    answer = post(visitor, "/login/code/resend")

    assert answer.header("location") == "/login/phone"
    assert len(visitor.text_messages(PHONE)) == 1


def test_an_idle_session_is_not_revived_by_a_code(app: Flask, visitor: Visitor, make_user: MakeUser, later: Later) -> None:
    make_user(username="li.na", phone=PHONE)
    does(app, "mfa", "--global", "off")
    visitor.logs_in("li.na", PASSWORD)
    does(app, "mfa", "--global", "on")
    visitor.opens("/")
    later(12 * 3_600 + 1)

    visitor.submits("Send verification code")

    assert leads_to(visitor, "/login")
    assert visitor.text_messages(PHONE) == []


def test_a_page_that_looks_after_itself_keeps_no_session_alive(visitor: Visitor, make_user: MakeUser, later: Later) -> None:
    """A browser that was left open before an alarm that rings would else stay signed in for a month."""
    make_user(username="boss", phone=PHONE, administrator=True)
    comes_in(visitor, "boss", PHONE).opens("/admin/settings/texts")
    for _ in range(11):
        later(3_600)
        assert visitor.sends("GET", "/admin/settings/texts", headers=[("Sec-Fetch-Dest", "empty")]).status == 200
    assert visitor.opens("/admin/settings/texts").status == 200, "somebody came back in time"
    for _ in range(12):
        later(3_600)
        visitor.sends("GET", "/admin/settings/texts", headers=[("Sec-Fetch-Dest", "empty")])
    assert leads_to(visitor.opens("/"), "/login")


@pytest.mark.parametrize("spellings", [
    ["li.na", "LI.NA", "  li.na ", "ｌｉ．ｎａ", "li.na\u200b", "Li.Na\t"],
    ["nobody", "NOBODY", " nobody", "ｎｏｂｏｄｙ", "no\u00adbody", "nobody\r\n"],
    ["li@example.com", "LI@EXAMPLE.COM", " li@example.com", "li＠example.com", "li@example\u2060.com", "Li@Example.Com "],
    [PHONE, "+49 1511 2345678", "＋4915112345678", "+49-151-12345678", "+49 (1511) 2345678", "0151 12345678"],
])
@pytest.mark.settings(PORTAL_HOME_COUNTRY="DE")
def test_another_spelling_is_no_further_try(visitor: Visitor, make_user: MakeUser, spellings: list[str]) -> None:
    make_user(username="li.na", phone=PHONE)
    visitor.opens("/login")
    statuses = [post(visitor, "/login", identifier=each, password="wrong").status for each in spellings]
    assert statuses == [422] * 5 + [429]


@pytest.mark.settings(PORTAL_LIMIT_PASSWORD_PER_ADDRESS="3")
@pytest.mark.parametrize("address", ["192.0.2.7", "2001:db8:1:2::{}"])
def test_no_header_and_no_neighbour_in_ones_own_network_is_another_address(another_visitor: MakeVisitor, address: str) -> None:
    statuses = []
    for at in range(4):
        visitor = another_visitor(address=address.format(at + 1)).opens("/login")
        content = urlencode({"csrf_token": visitor.tokens[0], "identifier": f"nobody{at}", "password": "wrong"}).encode()
        spoofed = [(name, f"198.51.100.{at}") for name in ("X-Forwarded-For", "X-Real-IP", "CF-Connecting-IP", "True-Client-IP")]
        statuses.append(visitor.sends("POST", "/login", content=content, headers=[("Content-Type", FORM), *spoofed]).status)
    assert statuses == [422, 422, 422, 429]


@pytest.mark.parametrize("path", ["/login?application=%00", "/login?application=a%00b", "/inbox?to=%00", "/?next=%00"])
def test_a_nul_in_an_address_reaches_no_database(visitor: Visitor, both_databases: str, path: str) -> None:
    assert visitor.opens(path).status == 200


def test_a_name_that_grows_when_it_is_folded_is_refused(app: Flask, both_databases: str) -> None:
    for words in (["--username", "\ufdfa" * 64], ["--username", "li.na", "--name", "x" * 201]):
        refused = command(app, "user", "create", *words)
        assert refused.exit_code == 1
        assert refused.output.startswith("Error: Not created")


def test_what_a_database_refuses_is_not_written_out(app: Flask, both_databases: str) -> None:
    from portal.database import writing
    from portal.logs import hide
    from portal.models import User

    with app.app_context(), pytest.raises(DBAPIError) as fault, writing() as connection:
        connection.execute(insert(User), {"password_hash": "$argon2id$secret", "created_at": 0.0, "phone": PHONE})
    logged = hide(str(fault.value))
    assert "secret" not in logged
    assert PHONE not in logged


def answer_to(portal: Portal, request: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", portal.port), timeout=20) as connection:
        connection.sendall(request)
        return connection.recv(4096)


@pytest.mark.parametrize("request_bytes", [
    b"GET /" + b"SENT" * 2_000 + b" HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    b"GET /SENT\0 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-SENT: " + b"a" * 9_000 + b"\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: SENT.example\r\n\r\n",
])
def test_what_is_no_request_is_answered_with_our_headers_and_nothing_of_it(town_on_sqlite: Town, request_bytes: bytes) -> None:
    answer = answer_to(town_on_sqlite.portal, request_bytes)
    assert answer.startswith(b"HTTP/1.1 4")
    assert POLICY in answer
    assert b"Cache-Control: no-store" in answer
    assert b"SENT" not in answer


def test_a_body_without_a_length_may_be_no_larger_than_one_with(town_on_sqlite: Town) -> None:
    visitor = town_on_sqlite.visitor().opens("/login")
    cookies = "; ".join(f"{name}={each.coded_value}" for name, each in visitor.cookies.items())
    lines = ["POST /login HTTP/1.1", "Host: 127.0.0.1", f"Cookie: {cookies}", f"Content-Type: {FORM}",
             "Transfer-Encoding: chunked", "", ""]
    fields = {"csrf_token": visitor.tokens[0], "identifier": "nobody", "password": "x"}
    for larger, status in ((0, 422), (200_000, 413)):
        body = urlencode(fields | {"password": "x" * (larger + 1)}).encode()
        answer = answer_to(town_on_sqlite.portal, "\r\n".join(lines).encode() + b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body))
        assert answer.startswith(b"HTTP/1.1 %d" % status)


@pytest.mark.parametrize(("variable", "value"), [
    ("PORTAL_HOME_COUNTRY", "XX"), ("PORTAL_COUNTRIES", "DE,QQ"), ("PORTAL_HOSTS", "*"), ("PORTAL_HOSTS", ".example.com"),
])
def test_a_setting_that_lets_everybody_in_or_nobody_stops_the_start(variable: str, value: str) -> None:
    with pytest.raises(config.SettingsInvalid, match=variable):
        settings(**{variable: value})


def test_the_most_talkative_log_tells_no_secret(portals: Callable[..., Portal]) -> None:
    town = Town(portals(PORTAL_LOG_LEVEL="DEBUG"))
    username, phone = town.person()
    visitor = town.at_code_page(username)
    pending, code = visitor.cookies["portal"].value, visitor.reads_code(phone)
    visitor.fills(code=unlike(code)).submits().fills(code=code).submits()
    assert is_home(visitor, username)
    visitor.opens("/first-administrator/a-one-time-link")
    complete = visitor.cookies["portal"].value
    visitor.opens("/").submits("Log out")

    said = town.portal.said()
    town.closes()
    for secret in (PASSWORD, code, unlike(code), phone, phone[3:], pending[:40], complete[:40], "a-one-time-link"):
        assert secret not in said


def test_a_number_that_was_left_for_another_brings_no_code_of_worth(visitor: Visitor, make_user: MakeUser) -> None:
    make_user(username="li.na")
    visitor.logs_in("li.na", PASSWORD).posts("/login/phone", country="DE", phone=PHONE)
    first = visitor.reads_code(PHONE)
    second = visitor.posts("/login/phone", country="DE", phone=OTHER_PHONE).reads_code(OTHER_PHONE)

    assert post(visitor, "/login/code", code=first).status == 422 or first == second
    assert is_home(visitor.fills(code=second).submits(), "li.na")
    assert visitor.sees("•79")
