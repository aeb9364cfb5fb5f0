"""Does every answer, errors, redirects and static files included, carry the headers that protect it?"""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask

from tests.conftest import PASSWORD
from tests.people import does
from tests.transports import Answer
from tests.visitor import FORM, Visitor

PRODUCTION = {
    "PORTAL_ENV": "production", "PORTAL_URL": "https://login.example.com", "PORTAL_GATEWAY": "vonage", "VONAGE_API_KEY": "key",
    "VONAGE_API_SECRET": "a-secret", "PORTAL_HOME_COUNTRY": "DE", "PORTAL_HASH_MEMORY_KIB": "38912",
}
POLICY = ("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
          "form-action 'self'; frame-ancestors 'none'; base-uri 'none'")
Asked = Callable[[Visitor], Answer]
ANSWERS: dict[str, tuple[int, Asked]] = {
    "a page": (200, lambda visitor: visitor.sends("GET", "/login")),
    "a redirect": (303, lambda visitor: visitor.sends("GET", "/")),
    "a wrong form": (422, lambda visitor: visitor.opens("/login").posts("/login", identifier="nobody", password="x").answer),
    "a form without token": (400, lambda visitor: visitor.sends("POST", "/login", headers=[("Content-Type", FORM)])),
    "no page": (404, lambda visitor: visitor.sends("GET", "/nowhere")),
    "no method": (405, lambda visitor: visitor.sends("DELETE", "/login")),
    "too much": (413, lambda visitor: visitor.sends("POST", "/login", content=b"a" * 100_000, headers=[("Content-Type", FORM)])),
    "a foreign host": (400, lambda visitor: visitor.sends("GET", "/login", headers=[("Host", "evil.example")])),
    "a static file": (200, lambda visitor: visitor.sends("GET", "/static/css/tokens.css")),
    "no static file": (404, lambda visitor: visitor.sends("GET", "/static/none.css")),
    "health": (200, lambda visitor: visitor.sends("GET", "/healthz")),
    "OPTIONS": (200, lambda visitor: visitor.sends("OPTIONS", "/login")),
    "HEAD": (200, lambda visitor: visitor.sends("HEAD", "/login")),
    "state": (200, lambda visitor: visitor.sends("GET", "/login/code/state")),
    "logging out": (303, lambda visitor: visitor.opens("/login").sends(
        "POST", "/logout", content=f"csrf_token={visitor.tokens[0]}".encode(), headers=[("Content-Type", FORM)])),
}


def protected(answer: Answer) -> bool:
    """Whether an answer carries all that every answer must."""
    assert answer.header("content-security-policy") == POLICY
    assert answer.header("x-content-type-options") == "nosniff"
    assert answer.header("x-frame-options") == "DENY"
    assert answer.header("referrer-policy") in ("same-origin", "no-referrer")
    assert answer.header("cross-origin-opener-policy") == "same-origin"
    assert answer.header("cross-origin-resource-policy") == "same-origin"
    assert "camera=()" in answer.header("permissions-policy")
    assert re.fullmatch(r"[A-Za-z0-9\-]{8,36}", answer.header("x-request-id"))
    assert not answer.header("access-control-allow-origin")
    return True


@pytest.mark.parametrize("what", ANSWERS)
def test_every_answer_is_protected(visitor: Visitor, what: str) -> None:
    status, asked = ANSWERS[what]

    answer = asked(visitor)

    assert answer.status == status
    assert protected(answer)
    assert not answer.header("strict-transport-security")


@pytest.mark.settings(**PRODUCTION)
@pytest.mark.parametrize("what", ANSWERS)
def test_in_production_every_answer_insists_on_https(visitor: Visitor, what: str) -> None:
    status, asked = ANSWERS[what]

    answer = asked(visitor)

    assert answer.status == status
    assert protected(answer)
    assert answer.header("strict-transport-security") == "max-age=31536000; includeSubDomains"


@pytest.mark.settings(**PRODUCTION)
def test_in_production_the_cookie_belongs_to_this_host_and_to_https(
    app: Flask, visitor: Visitor, make_user: Callable[..., int],
) -> None:
    make_user(username="li.na", phone="+4915112345678")
    does(app, "user", "bypass", "li.na", "--minutes", "5")
    visitor.logs_in("li.na", PASSWORD).opens("/?lang=zh")

    assert visitor.cookies.keys() == {"__Host-portal", "__Host-lang"}
    for cookie in visitor.cookies.values():
        assert (cookie["secure"], cookie["httponly"], cookie["samesite"]) == (True, True, "Lax")
        assert (cookie["path"], cookie["domain"]) == ("/", "")
    token = visitor.tokens[0]
    answer = visitor.sends("POST", "/logout", content=f"csrf_token={token}".encode(), headers=[("Content-Type", FORM)])
    assert answer.header("clear-site-data") == '"cache", "storage"'
    assert "__Host-portal" in answer.header("set-cookie") or "__Host-portal" not in visitor.cookies
    assert visitor.opens("/").path.startswith("/login")


@pytest.mark.settings(**PRODUCTION)
def test_in_production_there_is_no_inbox(visitor: Visitor) -> None:
    assert visitor.opens("/inbox").status == 404
    assert visitor.opens("/inbox?format=json").status == 404


@pytest.mark.parametrize("what", [name for name in ANSWERS if "static" not in name])
def test_nothing_personal_is_kept_in_a_cache(visitor: Visitor, what: str) -> None:
    assert ANSWERS[what][1](visitor).header("cache-control") == "no-store"


def test_a_static_file_is_kept_for_ever_only_under_the_address_of_its_content(visitor: Visitor) -> None:
    visitor.opens("/login")
    addresses = {node.get("href") for node in visitor.page.root.all("link") if node.get("href").startswith("/static")}
    addresses |= {node.get("src") for node in visitor.page.root.all("script")}

    assert len(addresses) == 3
    for address in addresses:
        assert visitor.sends("GET", address).header("cache-control") == "public, max-age=31536000, immutable"
        assert "immutable" not in visitor.sends("GET", address.partition("?")[0]).header("cache-control")
    assert visitor.sends("GET", "/static/none.css?v=1").header("cache-control") == "no-store"


def test_the_inbox_is_for_loopback_only_whatever_a_header_says(another_visitor: Callable[..., Visitor]) -> None:
    assert another_visitor().opens("/inbox").status == 200
    far = another_visitor(address="192.0.2.7")
    spoofed = [("X-Forwarded-For", "127.0.0.1"), ("X-Real-IP", "127.0.0.1"), ("Forwarded", "for=127.0.0.1")]

    assert far.opens("/inbox").status == 404
    assert far.sends("GET", "/inbox?format=json", headers=spoofed).status == 404


@pytest.mark.settings(PORTAL_PROXIES="1")
def test_behind_a_proxy_the_inbox_asks_for_the_connection_and_a_request_keeps_its_id(
    another_visitor: Callable[..., Visitor],
) -> None:
    far, near = another_visitor(address="192.0.2.7"), another_visitor()

    assert far.sends("GET", "/inbox", headers=[("X-Forwarded-For", "127.0.0.1")]).status == 404
    assert near.sends("GET", "/login", headers=[("X-Request-ID", "abcdef-123456")]).header("x-request-id") == "abcdef-123456"
    assert near.sends("GET", "/login", headers=[("X-Request-ID", "<script>")]).header("x-request-id") != "<script>"


def test_without_a_proxy_no_header_names_the_request(visitor: Visitor) -> None:
    assert visitor.sends("GET", "/login", headers=[("X-Request-ID", "abcdef-123456")]).header("x-request-id") != "abcdef-123456"
