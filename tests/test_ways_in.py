"""Is there a way in past the second factor? Every address and method, for everybody who might come, in one table."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from flask import Flask

from tests.conftest import PASSWORD
from tests.people import OTHER_PHONE, PHONE, MakeUser, MakeVisitor, comes_in, does, is_home, rows
from tests.transports import Answer
from tests.visitor import FORM, Visitor

WHO = ("nobody", "without a number", "before the code", "password only", "complete", "administrator")
"""Anonymous; partially authenticated, awaiting a phone or a code; complete without the SMS that is now required; complete."""

LOGIN, GUARDED, STEP_UP = "303 /login", "303 /login?next=/settings/mfa", "303 /login/code"
SCANNED = "303 /login?next=/scan/guessed"
HOME, PHONE_STEP, CODE_STEP = "303 /", "303 /login/phone", "303 /login/code"
OWN_SOURCES = "303 /account/sources"
TABLE: dict[str, tuple[str, ...]] = {
    # what each of WHO meets there: a status, or where it leads
    "GET /": (LOGIN, LOGIN, LOGIN, STEP_UP, "200", "200"),
    "GET /settings/mfa": (GUARDED, GUARDED, GUARDED, STEP_UP, "403", "200"),
    "POST /settings/mfa": (LOGIN, LOGIN, LOGIN, STEP_UP, "403", "409"),
    "GET /login": ("200", "200", "200", HOME, HOME, HOME),
    "POST /login": ("422", "422", "422", "422", "422", "422"),
    "GET /login/scan": ("200", "200", "200", HOME, HOME, HOME),
    "POST /login/scan": ("410", "410", "410", "410", "410", "410"),
    "GET /login/scan/state": ("200", "200", "200", "200", "200", "200"),
    "GET /scan": ("303 /login?next=/scan", "303 /login?next=/scan", "303 /login?next=/scan", STEP_UP, "200", "200"),
    "POST /scan": (LOGIN, LOGIN, LOGIN, STEP_UP, "422", "422"),
    "GET /scan/<code>": (SCANNED, SCANNED, SCANNED, STEP_UP, "404", "404"),
    "POST /scan/<code>": (LOGIN, LOGIN, LOGIN, STEP_UP, "404", "404"),
    "POST /scan/<code>/refuse": (LOGIN, LOGIN, LOGIN, STEP_UP, "404", "404"),
    "GET /login/phone": (LOGIN, "200", CODE_STEP, LOGIN, LOGIN, LOGIN),
    "POST /login/phone": (LOGIN, "422", "422", LOGIN, LOGIN, LOGIN),
    "GET /login/code": (LOGIN, PHONE_STEP, "200", "200", HOME, HOME),
    "POST /login/code": (LOGIN, PHONE_STEP, "422", HOME, HOME, HOME),
    "GET /login/code/state": ("200", "200", "200", "200", "200", "200"),
    "POST /login/code/resend": (LOGIN, PHONE_STEP, "429", CODE_STEP, HOME, HOME),
    "POST /login/code/call": (LOGIN, PHONE_STEP, "429", CODE_STEP, HOME, HOME),
    "GET /login/password": (LOGIN, PHONE_STEP, CODE_STEP, HOME, HOME, HOME),
    "POST /login/password": (LOGIN, PHONE_STEP, CODE_STEP, HOME, HOME, HOME),
    "GET /login/again": (LOGIN, LOGIN, LOGIN, STEP_UP, "303 /go-on", "303 /go-on"),
    "POST /login/again": (LOGIN, LOGIN, LOGIN, STEP_UP, "422", "422"),
    "GET /go-on": (LOGIN, LOGIN, LOGIN, STEP_UP, "200", "200"),
    "POST /login/again/with/<name>": (LOGIN, LOGIN, LOGIN, STEP_UP, "404", "404"),
    "GET /login/with/<name>": ("404", "404", "404", HOME, HOME, HOME),
    "GET /login/with/<name>/callback": ("404", "404", "404", "404", "404", "404"),
    "GET /login/with/<name>/form": ("404", "404", "404", "404", "404", "404"),
    "POST /login/with/<name>/form": ("404", "404", "404", "404", "404", "404"),
    "GET /login/arrived": (LOGIN, LOGIN, LOGIN, OWN_SOURCES, OWN_SOURCES, OWN_SOURCES),
    "POST /login/arrived": (LOGIN, LOGIN, LOGIN, OWN_SOURCES, OWN_SOURCES, OWN_SOURCES),
    "GET /account/sources": (LOGIN, LOGIN, LOGIN, STEP_UP, "200", "200"),
    "POST /account/sources/link": (LOGIN, LOGIN, LOGIN, STEP_UP, "404", "404"),
    "POST /account/sources/arrived": (LOGIN, LOGIN, LOGIN, STEP_UP, OWN_SOURCES, OWN_SOURCES),
    "POST /account/sources/<int:identity_id>/unlink": (LOGIN, LOGIN, LOGIN, STEP_UP, "404", "404"),
    "POST /login/cancel": (LOGIN, LOGIN, LOGIN, LOGIN, LOGIN, LOGIN),
    "POST /logout": (LOGIN, LOGIN, LOGIN, LOGIN, LOGIN, LOGIN),
    "GET /first-administrator/<token>": ("404", "404", "404", "404", "404", "404"),
    "POST /first-administrator/<token>": ("404", "404", "404", "404", "404", "404"),
    "GET /set-password/<token>": ("404", "404", "404", "404", "404", "404"),
    "POST /set-password/<token>": ("404", "404", "404", "404", "404", "404"),
    "POST /admin/applications/<int:application_id>/experience": (LOGIN, LOGIN, LOGIN, STEP_UP, "403", "404"),
    "GET /admin/applications": (LOGIN, LOGIN, LOGIN, STEP_UP, "403", "200"),
    "GET /admin/applications/new": (LOGIN, LOGIN, LOGIN, STEP_UP, "403", "200"),
    "POST /admin/applications/new": (LOGIN, LOGIN, LOGIN, STEP_UP, "403", "422"),
    "GET /admin/applications/<int:application_id>": (LOGIN, LOGIN, LOGIN, STEP_UP, "403", "404"),
    "POST /admin/applications/<int:application_id>": (LOGIN, LOGIN, LOGIN, STEP_UP, "403", "404"),
    "GET /admin/applications/<int:application_id>/delete": (LOGIN, LOGIN, LOGIN, STEP_UP, "403", "404"),
    "POST /admin/applications/<int:application_id>/delete": (LOGIN, LOGIN, LOGIN, STEP_UP, "403", "404"),
    "GET /admin/applications/<int:application_id>/advanced": (LOGIN, LOGIN, LOGIN, STEP_UP, "403", "404"),
    "POST /admin/applications/<int:application_id>/advanced": (LOGIN, LOGIN, LOGIN, STEP_UP, "403", "404"),
    "GET /admin/applications/<int:application_id>/security": (LOGIN, LOGIN, LOGIN, STEP_UP, "403", "404"),
    "POST /admin/applications/<int:application_id>/security": (LOGIN, LOGIN, LOGIN, STEP_UP, "403", "404"),
    "GET /applications/<client_id>/logo": ("404", "404", "404", "404", "404", "404"),
    "GET /applications/<client_id>/accent.css": ("404", "404", "404", "404", "404", "404"),
    # those of a trial: elsewhere they do not exist (tests/test_experience_apart.py walks them inside)
    "GET /result": ("404", "404", "404", "404", "404", "404"),
    "POST /result/again": ("404", "404", "404", "404", "404", "404"),
    "POST /result/end": ("404", "404", "404", "404", "404", "404"),
    "GET /admin/": (LOGIN, LOGIN, LOGIN, STEP_UP, "403", "200"),
    "GET /admin/settings": (LOGIN, LOGIN, LOGIN, STEP_UP, "403", "200"),
    "GET /admin/settings/sources": (LOGIN, LOGIN, LOGIN, STEP_UP, "403", "200"),
    "GET /admin/settings/sources/new": (LOGIN, LOGIN, LOGIN, STEP_UP, "403", "200"),
    "GET /admin/settings/sources/new/<preset>": (LOGIN, LOGIN, LOGIN, STEP_UP, "403", "404"),
    "POST /admin/settings/sources/new/<preset>": (LOGIN, LOGIN, LOGIN, STEP_UP, "403", "404"),
    "GET /admin/settings/sources/<int:source_id>": (LOGIN, LOGIN, LOGIN, STEP_UP, "403", "404"),
    "POST /admin/settings/sources/<int:source_id>": (LOGIN, LOGIN, LOGIN, STEP_UP, "403", "404"),
    "POST /admin/settings/sources/<int:source_id>/move": (LOGIN, LOGIN, LOGIN, STEP_UP, "403", "404"),
    "POST /admin/settings/sources/<int:source_id>/enable": (LOGIN, LOGIN, LOGIN, STEP_UP, "403", "404"),
    "POST /admin/settings/sources/<int:source_id>/prefer": (LOGIN, LOGIN, LOGIN, STEP_UP, "403", "404"),
    "POST /admin/settings/sources/<int:source_id>/trust": (LOGIN, LOGIN, LOGIN, STEP_UP, "403", "404"),
    "GET /admin/settings/sources/<int:source_id>/delete": (LOGIN, LOGIN, LOGIN, STEP_UP, "403", "404"),
    "POST /admin/settings/sources/<int:source_id>/delete": (LOGIN, LOGIN, LOGIN, STEP_UP, "403", "404"),
    "GET /admin/settings/sources/<int:source_id>/try": (LOGIN, LOGIN, LOGIN, STEP_UP, "403", "404"),
    "POST /admin/settings/sources/<int:source_id>/try": (LOGIN, LOGIN, LOGIN, STEP_UP, "403", "404"),
    "GET /admin/settings/sources/<int:source_id>/try/go": (LOGIN, LOGIN, LOGIN, STEP_UP, "403", "404"),
    "GET /admin/settings/sources/<int:source_id>/tried/<int:request_id>": (LOGIN, LOGIN, LOGIN, STEP_UP, "403", "404"),
    # words of the text message
    "GET /admin/settings/texts/wording": (LOGIN, LOGIN, LOGIN, STEP_UP, "403", "200"),
    "POST /admin/settings/texts/wording": (LOGIN, LOGIN, LOGIN, STEP_UP, "403", "400"),
    "POST /admin/settings/texts/wording/restore": (LOGIN, LOGIN, LOGIN, STEP_UP, "403", "400"),
    "POST /admin/settings/texts/wording/preview": (LOGIN, LOGIN, LOGIN, STEP_UP, "403", "400"),
    "GET /admin/settings/texts/wording/<int:application_id>": (LOGIN, LOGIN, LOGIN, STEP_UP, "403", "404"),
    "POST /admin/settings/texts/wording/<int:application_id>": (LOGIN, LOGIN, LOGIN, STEP_UP, "403", "404"),
    "POST /admin/settings/texts/wording/<int:application_id>/restore": (LOGIN, LOGIN, LOGIN, STEP_UP, "403", "404"),
    "POST /admin/settings/texts/wording/<int:application_id>/preview": (LOGIN, LOGIN, LOGIN, STEP_UP, "403", "404"),
    "GET /admin/settings/texts/alarms": (LOGIN, LOGIN, LOGIN, STEP_UP, "403", "200"),
    "POST /admin/settings/texts/alarms/test": (LOGIN, LOGIN, LOGIN, STEP_UP, "403", "409"),
    "GET /admin/settings/texts/protection": (LOGIN, LOGIN, LOGIN, STEP_UP, "403", "200"),
    "POST /admin/settings/texts/protection": (LOGIN, LOGIN, LOGIN, STEP_UP, "403", "422"),
    "GET /admin/settings/texts/protection/open/<int:code>": (LOGIN, LOGIN, LOGIN, STEP_UP, "403", "404"),
    "POST /admin/settings/texts/protection/open/<int:code>": (LOGIN, LOGIN, LOGIN, STEP_UP, "403", "404"),
    "GET /admin/settings/texts/protection/rules": (LOGIN, LOGIN, LOGIN, STEP_UP, "403", "200"),
    "POST /admin/settings/texts/protection/rules": (LOGIN, LOGIN, LOGIN, STEP_UP, "403", "422"),
    "GET /admin/settings/texts": (LOGIN, LOGIN, LOGIN, STEP_UP, "403", "200"),
    "GET /admin/settings/texts/gateways/new": (LOGIN, LOGIN, LOGIN, STEP_UP, "403", "200"),
    "GET /admin/settings/texts/gateways/new/<kind>": (LOGIN, LOGIN, LOGIN, STEP_UP, "403", "404"),
    "POST /admin/settings/texts/gateways/new/<kind>": (LOGIN, LOGIN, LOGIN, STEP_UP, "403", "404"),
    "GET /admin/settings/texts/gateways/<int:gateway_id>": (LOGIN, LOGIN, LOGIN, STEP_UP, "403", "404"),
    "POST /admin/settings/texts/gateways/<int:gateway_id>": (LOGIN, LOGIN, LOGIN, STEP_UP, "403", "404"),
    "POST /admin/settings/texts/gateways/<int:gateway_id>/move": (LOGIN, LOGIN, LOGIN, STEP_UP, "403", "404"),
    "POST /admin/settings/texts/gateways/<int:gateway_id>/enable": (LOGIN, LOGIN, LOGIN, STEP_UP, "403", "404"),
    "GET /admin/settings/texts/gateways/<int:gateway_id>/delete": (LOGIN, LOGIN, LOGIN, STEP_UP, "403", "404"),
    "POST /admin/settings/texts/gateways/<int:gateway_id>/delete": (LOGIN, LOGIN, LOGIN, STEP_UP, "403", "404"),
    "GET /admin/settings/texts/gateways/<int:gateway_id>/test": (LOGIN, LOGIN, LOGIN, STEP_UP, "403", "404"),
    "POST /admin/settings/texts/gateways/<int:gateway_id>/test": (LOGIN, LOGIN, LOGIN, STEP_UP, "403", "404"),
    "GET /admin/settings/texts/rules": (LOGIN, LOGIN, LOGIN, STEP_UP, "403", "200"),
    "GET /admin/settings/texts/rules/new": (LOGIN, LOGIN, LOGIN, STEP_UP, "403", "200"),
    "POST /admin/settings/texts/rules/new": (LOGIN, LOGIN, LOGIN, STEP_UP, "403", "422"),
    "GET /admin/settings/texts/rules/<int:route_id>": (LOGIN, LOGIN, LOGIN, STEP_UP, "403", "404"),
    "POST /admin/settings/texts/rules/<int:route_id>": (LOGIN, LOGIN, LOGIN, STEP_UP, "403", "404"),
    "POST /admin/settings/texts/rules/<int:route_id>/delete": (LOGIN, LOGIN, LOGIN, STEP_UP, "403", "404"),
    "POST /admin/applications/<int:application_id>/sources": (LOGIN, LOGIN, LOGIN, STEP_UP, "403", "404"),
    "POST /admin/users/<int:user_id>/identities/<int:identity_id>/remove": (LOGIN, LOGIN, LOGIN, STEP_UP, "403", "404"),
    "GET /admin/users": (LOGIN, LOGIN, LOGIN, STEP_UP, "403", "200"),
    "GET /admin/users/export.csv": (LOGIN, LOGIN, LOGIN, STEP_UP, "403", "200"),
    "GET /admin/users/new": (LOGIN, LOGIN, LOGIN, STEP_UP, "403", "200"),
    "POST /admin/users/new": (LOGIN, LOGIN, LOGIN, STEP_UP, "403", "422"),
    "GET /admin/users/import": (LOGIN, LOGIN, LOGIN, STEP_UP, "403", "200"),
    "POST /admin/users/import": (LOGIN, LOGIN, LOGIN, STEP_UP, "403", "422"),
    "GET /admin/users/import/template.csv": (LOGIN, LOGIN, LOGIN, STEP_UP, "403", "200"),
    "GET /admin/users/import/<int:import_id>": (LOGIN, LOGIN, LOGIN, STEP_UP, "403", "404"),
    "GET /admin/users/import/<int:import_id>/faulty.csv": (LOGIN, LOGIN, LOGIN, STEP_UP, "403", "404"),
    "POST /admin/users/import/<int:import_id>/encoding": (LOGIN, LOGIN, LOGIN, STEP_UP, "403", "404"),
    "POST /admin/users/import/<int:import_id>/apply": (LOGIN, LOGIN, LOGIN, STEP_UP, "403", "404"),
    "POST /admin/users/import/<int:import_id>/discard": (LOGIN, LOGIN, LOGIN, STEP_UP, "403", "404"),
    "GET /admin/users/bulk": (LOGIN, LOGIN, LOGIN, STEP_UP, "403", "404"),
    "POST /admin/users/bulk": (LOGIN, LOGIN, LOGIN, STEP_UP, "403", "404"),
    "GET /admin/audit": (LOGIN, LOGIN, LOGIN, STEP_UP, "403", "200"),
    "GET /admin/audit/export.csv": (LOGIN, LOGIN, LOGIN, STEP_UP, "403", "200"),
    "GET /admin/audit/export.jsonl": (LOGIN, LOGIN, LOGIN, STEP_UP, "403", "200"),
    "GET /admin/audit/<int:entry_id>": (LOGIN, LOGIN, LOGIN, STEP_UP, "403", "404"),
    "GET /admin/users/<int:user_id>": (LOGIN, LOGIN, LOGIN, STEP_UP, "403", "404"),
    "POST /admin/users/<int:user_id>": (LOGIN, LOGIN, LOGIN, STEP_UP, "403", "404"),
    "POST /admin/users/<int:user_id>/phone": (LOGIN, LOGIN, LOGIN, STEP_UP, "403", "404"),
    "GET /admin/users/<int:user_id>/phone/remove": (LOGIN, LOGIN, LOGIN, STEP_UP, "403", "404"),
    "POST /admin/users/<int:user_id>/phone/remove": (LOGIN, LOGIN, LOGIN, STEP_UP, "403", "404"),
    "POST /admin/users/<int:user_id>/number": (LOGIN, LOGIN, LOGIN, STEP_UP, "403", "404"),
    "GET /admin/users/<int:user_id>/logins": (LOGIN, LOGIN, LOGIN, STEP_UP, "403", "404"),
    "POST /admin/users/<int:user_id>/logins/end": (LOGIN, LOGIN, LOGIN, STEP_UP, "403", "404"),
    "POST /admin/users/<int:user_id>/logins/<int:sign_in_id>/end": (LOGIN, LOGIN, LOGIN, STEP_UP, "403", "404"),
    "GET /admin/users/<int:user_id>/trail": (LOGIN, LOGIN, LOGIN, STEP_UP, "403", "404"),
    "GET /admin/users/<int:user_id>/security": (LOGIN, LOGIN, LOGIN, STEP_UP, "403", "404"),
    "POST /admin/users/<int:user_id>/texts/allow": (LOGIN, LOGIN, LOGIN, STEP_UP, "403", "404"),
    "POST /admin/users/<int:user_id>/unlock": (LOGIN, LOGIN, LOGIN, STEP_UP, "403", "404"),
    "GET /admin/users/<int:user_id>/reset": (LOGIN, LOGIN, LOGIN, STEP_UP, "403", "404"),
    "POST /admin/users/<int:user_id>/reset": (LOGIN, LOGIN, LOGIN, STEP_UP, "403", "404"),
    "POST /admin/users/<int:user_id>/link": (LOGIN, LOGIN, LOGIN, STEP_UP, "403", "404"),
    "POST /admin/users/<int:user_id>/password": (LOGIN, LOGIN, LOGIN, STEP_UP, "403", "404"),
    "POST /admin/users/<int:user_id>/bypass": (LOGIN, LOGIN, LOGIN, STEP_UP, "403", "404"),
    "POST /admin/users/<int:user_id>/bypass/withdraw": (LOGIN, LOGIN, LOGIN, STEP_UP, "403", "404"),
    "POST /admin/users/<int:user_id>/suspend": (LOGIN, LOGIN, LOGIN, STEP_UP, "403", "404"),
    "POST /admin/users/<int:user_id>/resume": (LOGIN, LOGIN, LOGIN, STEP_UP, "403", "404"),
    "POST /admin/users/<int:user_id>/role": (LOGIN, LOGIN, LOGIN, STEP_UP, "403", "404"),
    "GET /admin/users/<int:user_id>/delete": (LOGIN, LOGIN, LOGIN, STEP_UP, "403", "404"),
    "POST /admin/users/<int:user_id>/delete": (LOGIN, LOGIN, LOGIN, STEP_UP, "403", "404"),
    "GET /admin/messages": (LOGIN, LOGIN, LOGIN, STEP_UP, "403", "200"),
    "POST /admin/messages": (LOGIN, LOGIN, LOGIN, STEP_UP, "403", "200"),
    "GET /admin/messages/export.csv": (LOGIN, LOGIN, LOGIN, STEP_UP, "403", "200"),
    "GET /admin/messages/export.jsonl": (LOGIN, LOGIN, LOGIN, STEP_UP, "403", "200"),
    "POST /admin/messages/export": (LOGIN, LOGIN, LOGIN, STEP_UP, "403", "400"),
    "GET /admin/messages/<int:message_id>": (LOGIN, LOGIN, LOGIN, STEP_UP, "403", "404"),
    "GET /healthz": ("200", "200", "200", "200", "200", "200"),
    "GET /readyz": ("503", "503", "503", "503", "503", "503"),
    "GET /metrics": ("404", "404", "404", "404", "404", "404"),
    "GET /hooks/vonage/status": ("401", "401", "401", "401", "401", "401"),
    "POST /hooks/vonage/status": ("401", "401", "401", "401", "401", "401"),
    "GET /hooks/vonage/inbound": ("401", "401", "401", "401", "401", "401"),
    "POST /hooks/vonage/inbound": ("401", "401", "401", "401", "401", "401"),
    "POST /hooks/vonage/voice": ("401", "401", "401", "401", "401", "401"),
    "GET /inbox": ("200", "200", "200", "200", "200", "200"),
    "GET /static/<path:filename>": ("404", "404", "404", "404", "404", "404"),
}
ENDS_THE_SESSION = ("POST /login/cancel", "POST /logout")


def ways(app: Flask) -> Iterator[str]:
    for rule in app.url_map.iter_rules():
        yield from (f"{method} {rule.rule}" for method in sorted(rule.methods or ()) if method not in ("HEAD", "OPTIONS"))


def test_every_address_has_its_row(app: Flask) -> None:
    assert sorted(ways(app)) == sorted(TABLE)


@dataclass(frozen=True)
class Town:
    app: Flask
    make_visitor: MakeVisitor

    def send(self, who: str) -> Visitor:
        makers: dict[str, Callable[[Visitor], Visitor]] = {
            "nobody": lambda visitor: visitor.opens("/login"),
            "without a number": lambda visitor: visitor.logs_in("new", PASSWORD),
            "before the code": lambda visitor: visitor.logs_in("li.na", PASSWORD),
            "password only": self._before_the_switch,
            "complete": lambda visitor: comes_in(visitor, "li.na", PHONE),
            "administrator": lambda visitor: comes_in(visitor, "boss", OTHER_PHONE),
        }
        return makers[who](self.make_visitor())

    def _before_the_switch(self, visitor: Visitor) -> Visitor:
        does(self.app, "mfa", "--global", "off")
        assert is_home(visitor.logs_in("li.na", PASSWORD), "li.na")
        does(self.app, "mfa", "--global", "on")
        return visitor.opens("/")


@pytest.fixture
def town(app: Flask, another_visitor: MakeVisitor, make_user: MakeUser) -> Town:
    make_user(username="new")
    make_user(username="li.na", phone=PHONE)
    make_user(username="boss", phone=OTHER_PHONE, administrator=True)
    return Town(app, another_visitor)


def goes(visitor: Visitor, way: str) -> Answer:
    """One request along that way, with the token of the page that is open and whatever else an attacker may write."""
    method, _, path = way.partition(" ")
    path = re.sub(r"<int:\w+>", "404404", re.sub(r"<(token|code|path:filename)>", "guessed", path))
    token = (visitor.tokens or [""])[0]
    content = f"csrf_token={token}&identifier=li.na&password=guessed&code=&phone=&country=DE".encode()
    headers = [("Content-Type", FORM)] if method == "POST" else []
    return visitor.sends(method, path, content=content if method == "POST" else b"", headers=headers)


def told(answer: Answer) -> str:
    return f"{answer.status} {answer.header('Location')}".strip()


@pytest.mark.settings(PORTAL_LIMIT_PASSWORD_PER_ADDRESS="9999", PORTAL_LIMIT_REQUESTS_PER_ADDRESS="9999")
@pytest.mark.parametrize("who", WHO)
def test_everybody_meets_what_the_table_says(town: Town, who: str) -> None:
    for way, expected in TABLE.items():
        visitor = town.send(who)
        met, wanted = told(goes(visitor, way)), expected[WHO.index(who)]
        assert met == wanted or met.startswith(f"{wanted}?"), f"{who}: {way}: {met}, not {wanted}"
        check_level(town, visitor, who, way)
        clear(town.app)


def check_level(town: Town, visitor: Visitor, who: str, way: str) -> None:
    """Whatever was met, home is open afterwards to those alone who had given all that it asks for."""
    complete = who in ("complete", "administrator") and way not in ENDS_THE_SESSION
    home = visitor.sends("GET", "/")
    assert (home.status == 200) is complete, f"{who}: home after {way}: {told(home)}"


def clear(app: Flask) -> None:
    """So many texts go to one phone that the limits would answer instead."""
    from sqlalchemy import delete

    from portal.database import writing
    from portal.models import Allowance

    with app.app_context(), writing() as connection:
        connection.execute(delete(Allowance))


def test_a_stranger_s_token_opens_nothing(town: Town) -> None:
    visitor = town.send("before the code")
    stranger = town.make_visitor()
    stranger.opens("/login")
    visitor.posts("/login/code", code="123456", csrf_token=stranger.tokens[0])
    assert visitor.status == 400
    assert [row.code_tries for row in rows(town.app, "SELECT code_tries FROM sign_in")] == [0]


@pytest.mark.parametrize("who", ["nobody", "without a number", "before the code", "password only"])
@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE"])
def test_no_other_method_opens_an_entrance(town: Town, who: str, method: str) -> None:
    visitor = town.send(who)
    for path in ("/", "/settings/mfa"):
        answer = visitor.sends(method, path)
        assert answer.status in (200, 303, 400, 405, 501)
        assert answer.status != 200 or method == "OPTIONS"
        assert answer.content == b"" or b"Welcome" not in answer.content


