"""Is every error a page that says what happened, what to do next, and what to tell the operator?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask, abort

from portal.counters import CountersGone
from portal.web.admission import anyone
from tests.people import retry_after
from tests.visitor import FORM, Visitor

SECRET = "a secret that stands in an exception"


@contextmanager
def broken(app: Flask, fault: Callable[[], Any]) -> Iterator[None]:
    """While it lasts the login page fails in that way."""
    whole = app.view_functions["login.show"]
    app.view_functions["login.show"] = anyone(fault)
    try:
        yield
    finally:
        app.view_functions["login.show"] = whole


def raises(error: Exception) -> Callable[[], Any]:
    def fault() -> None:
        raise error

    return fault


def database_fault(name: str) -> Exception:
    from sqlalchemy import exc

    kind: type[exc.DBAPIError] = getattr(exc, name)
    return kind(f"SELECT {SECRET}", {"password": SECRET}, Exception(SECRET))


FAULTS: dict[str, tuple[int, Callable[[], Any]]] = {
    "a bug": (500, raises(RuntimeError(SECRET))),
    "a broken promise to the database": (500, raises(database_fault("IntegrityError"))),
    "a database that is gone": (503, raises(database_fault("OperationalError"))),
    "a connection that is gone": (503, raises(database_fault("InterfaceError"))),
    "counters that are gone": (503, raises(CountersGone(SECRET))),
    "403": (403, lambda: abort(403)), "404": (404, lambda: abort(404)), "405": (405, lambda: abort(405)),
    "413": (413, lambda: abort(413)), "429": (429, lambda: abort(429)), "400": (400, lambda: abort(400)),
    "418": (418, lambda: abort(418)), "502": (502, lambda: abort(502)),
}
UNREADABLE, OURS = "That request can’t be read", "Something went wrong"
HEADINGS = {
    400: UNREADABLE, 403: "Not yours to open", 404: "There is no such page", 405: "That can’t be done here",
    413: "That is too much", 418: UNREADABLE, 429: "Too many tries", 500: OURS, 502: OURS, 503: "Not now",
}


@pytest.mark.parametrize("what", FAULTS)
def test_a_fault_is_a_page_with_a_way_on_and_a_reference(app: Flask, visitor: Visitor, what: str) -> None:
    status, fault = FAULTS[what]
    with broken(app, fault):
        visitor.opens("/login")

    assert visitor.status == status
    assert visitor.page.heading == HEADINGS[status]
    assert visitor.sees(f"Error {status}", f"Reference {visitor.answer.header('x-request-id')}")
    assert visitor.does_not_see(SECRET, "Traceback", "SELECT", "sqlalchemy")
    assert visitor.clicks("Go to the start page").status == 200


@pytest.mark.parametrize("what", FAULTS)
def test_a_fault_is_told_in_the_reader_s_language(app: Flask, another_visitor: Callable[..., Visitor], what: str) -> None:
    status, fault = FAULTS[what]
    visitor = another_visitor(language="zh-CN")
    with broken(app, fault):
        visitor.opens("/login")

    assert visitor.status == status
    assert visitor.page.root.all("html")[0].get("lang").startswith("zh")
    assert visitor.page.heading != HEADINGS[status]
    assert visitor.does_not_see("Go to the start page", "Error ")


@pytest.mark.parametrize("what", [name for name, (status, _) in FAULTS.items() if status == 503])
def test_not_now_says_when(app: Flask, visitor: Visitor, what: str) -> None:
    with broken(app, FAULTS[what][1]):
        assert 1 <= retry_after(visitor.opens("/login")) <= 30


def test_a_fault_in_production_is_as_silent_and_its_reference_stands_in_the_log(
    app: Flask, visitor: Visitor, caplog: pytest.LogCaptureFixture,
) -> None:
    with broken(app, raises(RuntimeError("number +4915112345678"))):
        visitor.opens("/login")

    [record] = [record for record in caplog.records if record.levelname == "ERROR"]
    assert record.exc_info
    assert "4915112345678" not in visitor.answer.text


@pytest.mark.settings(PORTAL_LIMIT_PASSWORD_PER_ADDRESS="2")
def test_too_many_passwords_from_one_address_say_when_and_lose_nothing(visitor: Visitor, another_visitor: Any) -> None:
    for at in range(3):
        visitor.opens("/login").fills(identifier=f"name{at}", password="wrong").submits()

    assert visitor.status == 429
    assert 1 <= retry_after(visitor) <= 301
    assert visitor.sees("Too many")
    assert another_visitor(address="192.0.2.1").opens("/login").fills(identifier="a", password="b").submits().status == 422
    assert another_visitor(address="2001:db8::1").opens("/login").fills(identifier="a", password="b").submits().status == 422


@pytest.mark.settings(PORTAL_LIMIT_PASSWORD_PER_ADDRESS="2")
def test_a_customer_s_whole_ipv6_network_is_one_address(another_visitor: Callable[..., Visitor]) -> None:
    statuses = [another_visitor(address=f"2001:db8:0:1::{at}").logs_in(f"name{at}", "wrong").status for at in range(1, 4)]

    assert statuses == [422, 422, 429]
    assert another_visitor(address="2001:db8:0:2::1").logs_in("name", "wrong").status == 422


@pytest.mark.settings(PORTAL_LIMIT_PASSWORD_PER_ADDRESS="2")
def test_a_spoofed_header_changes_no_address(visitor: Visitor) -> None:
    visitor.opens("/login")
    content = f"csrf_token={visitor.tokens[0]}&identifier=a&password=b".encode()
    for at in range(3):
        spoofed = [("Content-Type", FORM), ("X-Forwarded-For", f"192.0.2.{at}"), ("X-Real-IP", f"192.0.2.{at}")]
        answer = visitor.sends("POST", "/login", content=content, headers=spoofed)

    assert answer.status == 429
