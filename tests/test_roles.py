"""May each role open what is its own, and nothing else? Every address and method for every role, in one table."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask

from portal.models import Role
from portal.signin.oversight import may_care_for
from tests.people import MakeUser, MakeVisitor, comes_in, rows
from tests.test_ways_in import ENDS_THE_SESSION, ways
from tests.visitor import FORM, Visitor

WHO = ("nobody", "user", "helpdesk", "auditor", "administrator")
PHONES = {name: f"+491511234567{at}" for at, name in enumerate(WHO)}

ANYONE = WHO
SIGNED_IN = ("user", "helpdesk", "auditor", "administrator")
CONSOLE = ("helpdesk", "auditor", "administrator")
READERS = ("auditor", "administrator")
HELPDESK = ("helpdesk", "administrator")
ADMINISTRATORS = ("administrator",)
TABLE: dict[str, tuple[str, ...]] = {
    # who is let through to the view; everybody else meets 403, and nobody the login page
    "GET /": SIGNED_IN,
    "GET /login": ANYONE, "POST /login": ANYONE,
    "GET /login/scan": ANYONE, "POST /login/scan": ANYONE, "GET /login/scan/state": ANYONE,
    "GET /scan": SIGNED_IN, "POST /scan": SIGNED_IN,
    "GET /scan/<code>": SIGNED_IN, "POST /scan/<code>": SIGNED_IN, "POST /scan/<code>/refuse": SIGNED_IN,
    "GET /login/phone": ANYONE, "POST /login/phone": ANYONE,
    "GET /login/code": ANYONE, "POST /login/code": ANYONE, "POST /login/code/resend": ANYONE, "POST /login/code/call": ANYONE,
    "GET /login/code/state": ANYONE,
    "GET /login/password": ANYONE, "POST /login/password": ANYONE,
    "POST /login/cancel": ANYONE, "POST /logout": ANYONE,
    "GET /login/with/<name>": ANYONE, "GET /login/with/<name>/callback": ANYONE,
    "GET /login/with/<name>/form": ANYONE, "POST /login/with/<name>/form": ANYONE,
    "GET /login/arrived": ANYONE, "POST /login/arrived": ANYONE,
    "GET /account/sources": SIGNED_IN, "POST /account/sources/link": SIGNED_IN, "POST /account/sources/arrived": SIGNED_IN,
    "POST /account/sources/<int:identity_id>/unlink": SIGNED_IN,
    "POST /login/again/with/<name>": SIGNED_IN,
    "GET /login/again": SIGNED_IN, "POST /login/again": SIGNED_IN, "GET /go-on": SIGNED_IN,
    "GET /first-administrator/<token>": ANYONE, "POST /first-administrator/<token>": ANYONE,
    "GET /set-password/<token>": ANYONE, "POST /set-password/<token>": ANYONE,
    "GET /applications/<client_id>/logo": ANYONE, "GET /applications/<client_id>/accent.css": ANYONE,
    "GET /result": ANYONE, "POST /result/again": ANYONE, "POST /result/end": ANYONE,
    "GET /healthz": ANYONE, "GET /readyz": ANYONE, "GET /metrics": ANYONE, "GET /inbox": ANYONE,
    "GET /static/<path:filename>": ANYONE,
    "GET /hooks/vonage/status": ANYONE, "POST /hooks/vonage/status": ANYONE, "POST /hooks/vonage/voice": ANYONE,
    "GET /hooks/vonage/inbound": ANYONE, "POST /hooks/vonage/inbound": ANYONE,
    # the switches
    "GET /settings/mfa": READERS, "POST /settings/mfa": ADMINISTRATORS,
    # applications
    "GET /admin/applications": READERS,
    "GET /admin/applications/new": ADMINISTRATORS, "POST /admin/applications/new": ADMINISTRATORS,
    "GET /admin/applications/<int:application_id>": READERS, "POST /admin/applications/<int:application_id>": ADMINISTRATORS,
    "GET /admin/applications/<int:application_id>/advanced": READERS,
    "POST /admin/applications/<int:application_id>/advanced": ADMINISTRATORS,
    "GET /admin/applications/<int:application_id>/security": READERS,
    "POST /admin/applications/<int:application_id>/security": ADMINISTRATORS,
    "GET /admin/applications/<int:application_id>/delete": ADMINISTRATORS,
    "POST /admin/applications/<int:application_id>/delete": ADMINISTRATORS,
    "POST /admin/applications/<int:application_id>/experience": ADMINISTRATORS,
    # the dashboard and the settings in force
    "GET /admin/": CONSOLE, "GET /admin/settings": READERS,
    # identity sources
    "GET /admin/settings/sources": ADMINISTRATORS,
    "GET /admin/settings/sources/new": ADMINISTRATORS,
    "GET /admin/settings/sources/new/<preset>": ADMINISTRATORS,
    "POST /admin/settings/sources/new/<preset>": ADMINISTRATORS,
    "GET /admin/settings/sources/<int:source_id>": ADMINISTRATORS,
    "POST /admin/settings/sources/<int:source_id>": ADMINISTRATORS,
    "POST /admin/settings/sources/<int:source_id>/move": ADMINISTRATORS,
    "POST /admin/settings/sources/<int:source_id>/enable": ADMINISTRATORS,
    "POST /admin/settings/sources/<int:source_id>/prefer": ADMINISTRATORS,
    "POST /admin/settings/sources/<int:source_id>/trust": ADMINISTRATORS,
    "GET /admin/settings/sources/<int:source_id>/delete": ADMINISTRATORS,
    "POST /admin/settings/sources/<int:source_id>/delete": ADMINISTRATORS,
    "GET /admin/settings/sources/<int:source_id>/try": ADMINISTRATORS,
    "POST /admin/settings/sources/<int:source_id>/try": ADMINISTRATORS,
    "GET /admin/settings/sources/<int:source_id>/try/go": ADMINISTRATORS,
    "GET /admin/settings/sources/<int:source_id>/tried/<int:request_id>": ADMINISTRATORS,
    "POST /admin/applications/<int:application_id>/sources": ADMINISTRATORS,
    # gateways and rules
    "GET /admin/settings/texts/alarms": ADMINISTRATORS, "POST /admin/settings/texts/alarms/test": ADMINISTRATORS,
    "GET /admin/settings/texts/protection": ADMINISTRATORS,
    "POST /admin/settings/texts/protection": ADMINISTRATORS,
    "GET /admin/settings/texts/protection/open/<int:code>": ADMINISTRATORS,
    "POST /admin/settings/texts/protection/open/<int:code>": ADMINISTRATORS,
    "GET /admin/settings/texts/protection/rules": ADMINISTRATORS,
    "POST /admin/settings/texts/protection/rules": ADMINISTRATORS,
    "GET /admin/settings/texts": ADMINISTRATORS,
    "GET /admin/settings/texts/gateways/new": ADMINISTRATORS,
    "GET /admin/settings/texts/gateways/new/<kind>": ADMINISTRATORS,
    "POST /admin/settings/texts/gateways/new/<kind>": ADMINISTRATORS,
    "GET /admin/settings/texts/gateways/<int:gateway_id>": ADMINISTRATORS,
    "POST /admin/settings/texts/gateways/<int:gateway_id>": ADMINISTRATORS,
    "POST /admin/settings/texts/gateways/<int:gateway_id>/move": ADMINISTRATORS,
    "POST /admin/settings/texts/gateways/<int:gateway_id>/enable": ADMINISTRATORS,
    "GET /admin/settings/texts/gateways/<int:gateway_id>/delete": ADMINISTRATORS,
    "POST /admin/settings/texts/gateways/<int:gateway_id>/delete": ADMINISTRATORS,
    "GET /admin/settings/texts/gateways/<int:gateway_id>/test": ADMINISTRATORS,
    "POST /admin/settings/texts/gateways/<int:gateway_id>/test": ADMINISTRATORS,
    "GET /admin/settings/texts/rules": ADMINISTRATORS,
    "GET /admin/settings/texts/rules/new": ADMINISTRATORS,
    "POST /admin/settings/texts/rules/new": ADMINISTRATORS,
    "GET /admin/settings/texts/rules/<int:route_id>": ADMINISTRATORS,
    "POST /admin/settings/texts/rules/<int:route_id>": ADMINISTRATORS,
    "POST /admin/settings/texts/rules/<int:route_id>/delete": ADMINISTRATORS,
    # words of the text message
    "GET /admin/settings/texts/wording": ADMINISTRATORS,
    "POST /admin/settings/texts/wording": ADMINISTRATORS,
    "POST /admin/settings/texts/wording/restore": ADMINISTRATORS,
    "POST /admin/settings/texts/wording/preview": ADMINISTRATORS,
    "GET /admin/settings/texts/wording/<int:application_id>": ADMINISTRATORS,
    "POST /admin/settings/texts/wording/<int:application_id>": ADMINISTRATORS,
    "POST /admin/settings/texts/wording/<int:application_id>/restore": ADMINISTRATORS,
    "POST /admin/settings/texts/wording/<int:application_id>/preview": ADMINISTRATORS,
    "POST /admin/users/<int:user_id>/identities/<int:identity_id>/remove": HELPDESK,
    # records
    "GET /admin/audit": READERS, "GET /admin/audit/<int:entry_id>": READERS,
    "GET /admin/audit/export.csv": READERS, "GET /admin/audit/export.jsonl": READERS,
    "GET /admin/messages": CONSOLE, "POST /admin/messages": ADMINISTRATORS, "GET /admin/messages/<int:message_id>": CONSOLE,
    "GET /admin/messages/export.csv": READERS, "GET /admin/messages/export.jsonl": READERS,
    "POST /admin/messages/export": ADMINISTRATORS,
    # users
    "GET /admin/users": CONSOLE, "GET /admin/users/export.csv": READERS,
    "GET /admin/users/new": ADMINISTRATORS, "POST /admin/users/new": ADMINISTRATORS,
    "GET /admin/users/import": ADMINISTRATORS, "POST /admin/users/import": ADMINISTRATORS,
    "GET /admin/users/import/template.csv": ADMINISTRATORS,
    "GET /admin/users/import/<int:import_id>": ADMINISTRATORS,
    "GET /admin/users/import/<int:import_id>/faulty.csv": ADMINISTRATORS,
    "POST /admin/users/import/<int:import_id>/encoding": ADMINISTRATORS,
    "POST /admin/users/import/<int:import_id>/apply": ADMINISTRATORS,
    "POST /admin/users/import/<int:import_id>/discard": ADMINISTRATORS,
    "GET /admin/users/bulk": HELPDESK, "POST /admin/users/bulk": HELPDESK,
    "GET /admin/users/<int:user_id>": CONSOLE, "POST /admin/users/<int:user_id>": ADMINISTRATORS,
    "POST /admin/users/<int:user_id>/phone": ADMINISTRATORS,
    "GET /admin/users/<int:user_id>/phone/remove": ADMINISTRATORS,
    "POST /admin/users/<int:user_id>/phone/remove": ADMINISTRATORS,
    "POST /admin/users/<int:user_id>/number": ADMINISTRATORS,
    "GET /admin/users/<int:user_id>/logins": CONSOLE,
    "POST /admin/users/<int:user_id>/logins/end": ADMINISTRATORS,
    "POST /admin/users/<int:user_id>/logins/<int:sign_in_id>/end": ADMINISTRATORS,
    "GET /admin/users/<int:user_id>/trail": CONSOLE,
    "GET /admin/users/<int:user_id>/security": CONSOLE,
    "POST /admin/users/<int:user_id>/texts/allow": ADMINISTRATORS,
    "POST /admin/users/<int:user_id>/unlock": HELPDESK,
    "GET /admin/users/<int:user_id>/reset": HELPDESK, "POST /admin/users/<int:user_id>/reset": HELPDESK,
    "POST /admin/users/<int:user_id>/link": HELPDESK,
    "POST /admin/users/<int:user_id>/password": ADMINISTRATORS,
    "POST /admin/users/<int:user_id>/bypass": ADMINISTRATORS,
    "POST /admin/users/<int:user_id>/bypass/withdraw": ADMINISTRATORS,
    "POST /admin/users/<int:user_id>/suspend": ADMINISTRATORS, "POST /admin/users/<int:user_id>/resume": ADMINISTRATORS,
    "POST /admin/users/<int:user_id>/role": ADMINISTRATORS,
    "GET /admin/users/<int:user_id>/delete": ADMINISTRATORS, "POST /admin/users/<int:user_id>/delete": ADMINISTRATORS,
}


def test_every_address_has_its_row(app: Flask) -> None:
    """Add the row to the role that a new address is meant for, and look whether its view is marked so."""
    assert set(ways(app)) == TABLE.keys()


@pytest.fixture
def come(app: Flask, another_visitor: MakeVisitor, make_user: MakeUser) -> Callable[[str], Visitor]:
    """Brings people in, each from an address of their own."""
    for name in WHO[1:]:
        make_user(username=name, phone=PHONES[name], role="" if name == "user" else name)
    return lambda name: _come(another_visitor(address=f"192.0.2.{WHO.index(name)}"), name)


def _come(visitor: Visitor, name: str) -> Visitor:
    return visitor.opens("/login") if name == "nobody" else comes_in(visitor, name, PHONES[name])


def asks(visitor: Visitor, way: str) -> str:
    """What that person meets there: who they ask for does not exist, so that nothing is changed by it."""
    method, _, path = way.partition(" ")
    path = re.sub(r"<int:\w+>", "999999", re.sub(r"<(path:)?\w+>", "guessed", path))
    content = f"csrf_token={visitor.tokens[0]}".encode() if method == "POST" else b""
    answer = visitor.sends(method, path, content=content, headers=[("Content-Type", FORM)] if content else [])
    return f"{answer.status} {answer.header('Location').partition('?')[0]}".strip()


@pytest.mark.settings(PORTAL_LIMIT_REQUESTS_PER_ADDRESS="1000")
@pytest.mark.parametrize("who", WHO)
def test_everybody_opens_what_is_theirs_and_nothing_else(come: Callable[[str], Visitor], who: str) -> None:
    staying = come(who)
    for way, allowed in TABLE.items():
        met = asks(come(who) if way in ENDS_THE_SESSION else staying, way)
        if who not in allowed:
            assert met == ("303 /login" if who == "nobody" else "403"), f"{who}: {way}: {met}"
        else:
            assert met != "403", f"{who}: {way}: {met}"
            assert allowed is ANYONE or met != "303 /login", f"{who}: {way}: {met}"
            assert not met.startswith("500"), f"{who}: {way}: {met}"


def test_a_view_without_a_mark_is_for_people_inside_alone(app: Flask) -> None:
    from portal.web.admission import Access, access_of

    app.add_url_rule("/forgotten", "forgotten", lambda: "")
    with app.app_context():
        assert access_of("forgotten") is Access.SIGNED_IN


def test_each_refusal_is_in_the_audit_log(app: Flask, come: Callable[[str], Visitor]) -> None:
    asks(come("helpdesk"), "POST /settings/mfa")
    told = rows(app, "SELECT detail, outcome FROM audit_entry WHERE event = 'page refused'")
    assert [row.outcome for row in told] == ["role"]
    assert "settings.save" in str(told[0].detail)


@pytest.mark.parametrize(("actor", "user", "may"), [
    (Role.ADMINISTRATOR, None, True), (Role.ADMINISTRATOR, Role.ADMINISTRATOR, True), (Role.ADMINISTRATOR, Role.HELPDESK, True),
    (Role.HELPDESK, None, True), (Role.HELPDESK, Role.HELPDESK, False), (Role.HELPDESK, Role.AUDITOR, False),
    (Role.HELPDESK, Role.ADMINISTRATOR, False), (Role.AUDITOR, None, False), (None, None, False),
])
def test_the_helpdesk_cares_for_people_without_a_role(actor: Role | None, user: Role | None, may: bool) -> None:
    assert may_care_for(actor, user) is may
