"""Do addresses, methods, hosts and return addresses that nobody should ask for lead nowhere but to a page of ours?"""

from __future__ import annotations

import re
import socket
from urllib.parse import quote

import pytest
from flask import Flask

from tests.conftest import PASSWORD
from tests.people import PHONE, leads_to
from tests.servers import Portal
from tests.strange import Arrive, ours
from tests.town import Town, post
from tests.visitor import Visitor

pytest_plugins = ["tests.towns", "tests.arrivals"]
HOSTS = ["evil.example", "localhost.evil.example", "evil.example:5000", "", "a b", "localhost@evil.example"]


@pytest.mark.parametrize("host", HOSTS)
def test_a_foreign_host_is_refused(visitor: Visitor, host: str) -> None:
    for path in ("/", "/login", "/healthz", "/nowhere"):
        answer = visitor.sends("GET", path, headers=[("Host", host)])
        assert (answer.status, ours(answer)) == (400, True), path
        assert "evil" not in answer.text + answer.header("location")


@pytest.mark.parametrize("host", HOSTS)
def test_nothing_is_taken_by_way_of_a_foreign_host(visitor: Visitor, host: str) -> None:
    for path in ("/login", "/login/code/call", "/hooks/vonage/status", "/nowhere"):
        for method in ("POST", "HEAD", "PUT"):
            answer = visitor.sends(method, path, headers=[("Host", host)], content=b"" if method == "HEAD" else b"{}")
            assert (answer.status, ours(answer)) == (400, True), (method, path)


@pytest.mark.parametrize("trick", [
    "//evil.example", "/\\evil.example", "\\\\evil.example", "https://evil.example", "https:evil.example", "javascript:alert(1)",
    "/%0d%0aSet-Cookie:%20a=b", "/\r\nSet-Cookie: a=b", "/\tevil", "///evil.example", "/ /evil.example", "evil.example",
    "//evil.example%2f..", "https:///evil.example", "/\x00", "/" + "a" * 3_000, "http://localhost:5000@evil.example/",
    "／／evil.example", "/％0d％0a", "/..//evil.example", "/.//evil.example", "?next=//evil.example", "/@evil.example",
])
def test_no_return_address_leads_elsewhere(arrive: Arrive, trick: str) -> None:
    visitor = arrive("/login").opens(f"/login?next={quote(trick)}")
    visitor.fills(identifier="li.na", password=PASSWORD).submits()
    code = visitor.reads_code(PHONE)

    answer = post(visitor, "/login/code", code=code)

    location = answer.header("location")
    assert answer.status == 303
    assert re.fullmatch(r"/(?![/\\])[\x21-\x7e]*", location), location
    assert "set-cookie: a=b" not in str(answer.headers).lower()


def test_a_return_address_of_ours_is_kept_through_the_whole_way(arrive: Arrive) -> None:
    visitor = arrive("/login").opens("/settings/mfa")
    assert leads_to(visitor, "/login")
    visitor.fills(identifier="root", password=PASSWORD).submits().enters_code("+4915112345679")

    assert leads_to(visitor, "/settings/mfa")


def paths(app: Flask) -> list[tuple[str, set[str]]]:
    """Every address with the methods it takes."""
    found: dict[str, set[str]] = {}
    for rule in app.url_map.iter_rules():
        named = re.sub(r"<int:[^>]+>", "1", re.sub(r"<path:[^>]+>", "css/tokens.css", rule.rule))
        path = re.sub(r"<[^>]+>", "x", named)
        found.setdefault(path, set()).update(rule.methods or ())
    return sorted(found.items())


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "PROPFIND", "NONSENSE"])
def test_every_address_answers_every_method(app: Flask, arrive: Arrive, method: str) -> None:
    visitor = arrive("/login/code")
    for path, methods in paths(app):
        answer = visitor.sends(method, path)
        taken = method in methods or method == "OPTIONS"
        if not taken:
            assert answer.status == 405, (path, answer.status)
            assert set(answer.header("allow").replace(" ", "").split(",")) == methods, path
        assert answer.status < 500 or path == "/readyz", path
        assert "default-src 'none'" in answer.header("content-security-policy"), path
    assert leads_to(visitor.opens("/login/code"), "/login/code")


@pytest.mark.parametrize("path", [
    "/nowhere", "/login/", "/login/code/", "/LOGIN", "/login/../login/code/x", "/static/", "/static/../config.py",
    "/static/%2e%2e/config.py", "/static/css/none.css", "/%00", "/%ff%fe", "/é", "//login", "/.env", "/login.php",
    "/" + "a" * 3_500, "/first-administrator/", "/first-administrator/" + "a" * 3_000, "/first-administrator/%00", "/a\\b",
])
def test_an_address_that_does_not_exist_is_a_page(visitor: Visitor, path: str) -> None:
    answer = visitor.sends("GET", quote(path, safe="/%\\"))

    assert ours(answer)
    assert answer.status in (404, 308)
    assert "SECRET" not in answer.text


@pytest.mark.parametrize("query", [
    "lang=xx", "lang=%00", "said=nonsense", "said=%3Cscript%3E", "application=nobody", "application=%00",
    "application=" + "a" * 3_000, "next=%ff", "lang=en&lang=zh", "saved=x", "=", "&&&", "%", "a[]=1", "application=%ed%a0%80",
])
def test_a_strange_query_harms_no_page(visitor: Visitor, query: str) -> None:
    for path in ("/login", "/inbox", "/login/code", "/"):
        assert visitor.opens(f"{path}?{query}").status == 200


def raw(portal: Portal, request: bytes) -> tuple[int, bytes]:
    """Status and all bytes that come back for bytes that no client library would send."""
    with socket.create_connection(("127.0.0.1", portal.port), timeout=10) as connection:
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        answer = b"".join(iter(lambda: connection.recv(65_536), b""))
    return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/") else 0, answer


@pytest.mark.parametrize("request_bytes", [
    b"GET /login HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    b"GET /" + b"a" * 9_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET /login HTTP/1.1\r\nHost: x\r\nCookie: " + b"a" * 20_000 + b"\r\n\r\n",
    b"GET /login HTTP/1.1\r\n" + b"X: y\r\n" * 500 + b"\r\n",
    b"POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
    b"POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    b"POST /login HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    b"POST /login HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 50\r\n\r\nshort",
    b"NONSENSE\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00", b"GET /login HTTP/9.9\r\nHost: x\r\n\r\n",
])
def test_bytes_that_are_no_request_get_a_4xx_and_nothing_falls_over(town_on_sqlite: Town, request_bytes: bytes) -> None:
    own = b"Host: 127.0.0.1:%d" % town_on_sqlite.portal.port
    status, answer = raw(town_on_sqlite.portal, request_bytes.replace(b"Host: x", own))

    assert status in (0, *range(400, 500)), answer[:300]
    assert b"Traceback" not in answer
    assert town_on_sqlite.visitor().opens("/login").status == 200
