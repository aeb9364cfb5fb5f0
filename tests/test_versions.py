"""Is whoever sends a form with a version that cannot be told so, and nothing changed, on every page that has one?"""

from __future__ import annotations

import pytest
from flask import Flask

from tests.gateways import add_gateway, add_rule
from tests.people import OTHER_PHONE, PHONE, MakeUser, add_application, comes_in, rows
from tests.visitor import Visitor

TEXTS = "/admin/settings/texts"
VERSIONED = ("application", "gateway", "identity_source", "message_setting", "route", "user", "wording")
"""The tables whose rows have a version."""


@pytest.fixture
def pages(app: Flask, visitor: Visitor, make_user: MakeUser) -> dict[str, dict[str, str]]:
    """The addresses of all forms that know from which version they were made, each with what is typed there."""
    make_user(username="boss", phone=PHONE, administrator=True)
    comes_in(visitor, "boss", PHONE)
    user = make_user(username="li.na", phone=OTHER_PHONE)
    add_application(app, "Travel")
    gateway = add_gateway(app, "acme", kind="vonage-sms")
    rule = add_rule(app, "49", "acme")
    return {
        "/admin/applications/1": {"name": "Trips"},
        f"/admin/users/{user}": {"username": "na.li"},
        f"/admin/users/{user}/phone": {"country": "DE", "phone": "+4915112345670"},
        f"/admin/users/{user}/phone/remove": {},
        f"{TEXTS}/gateways/{gateway}": {"title": "Another", "per_second": "10", "sender": "Portal"},
        f"{TEXTS}/rules/{rule}": {"country": "49", "gateway_1": "inbox"},
        f"{TEXTS}/protection/rules": {"why": "a try", "mobile": "on", "unverified": "20", "verified_share": "30", "share": "50"},
        f"{TEXTS}/wording": {"language": "en", "en-body": "Mine: {code}"},
    }


@pytest.mark.usefixtures("both_databases")
@pytest.mark.parametrize("version", ["x", "-1", str(2**31), "9" * 25, "9" * 5_000])
def test_a_version_that_cannot_be_changes_nothing(
    app: Flask, visitor: Visitor, pages: dict[str, dict[str, str]], version: str,
) -> None:
    before = [rows(app, f'SELECT * FROM "{table}" ORDER BY 1') for table in VERSIONED]
    answers = {path: visitor.posts(path, version=version, **typed).status for path, typed in pages.items()}
    assert {path: status for path, status in answers.items() if status != 409} == {}
    assert [rows(app, f'SELECT * FROM "{table}" ORDER BY 1') for table in VERSIONED] == before
