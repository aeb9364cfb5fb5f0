"""What do the tests of the pages of gateways begin with? Somebody in charge, and a gateway to add."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import pytest
from flask import Flask

from tests.certificates import application_keys
from tests.gateway import APPLICATION, KEY, SECRET, Gateway
from tests.people import OTHER_PHONE, PHONE, MakeUser, MakeVisitor, comes_in, rows
from tests.visitor import Visitor

LIST, NEW = "/admin/settings/texts", "/admin/settings/texts/gateways/new"
ADD, SAVE, DELETE, TEST = "Add gateway", "Save changes", "Delete gateway", "Send a test message"
PRIVATE_KEY = application_keys()[0]


@pytest.fixture
def boss(make_user: MakeUser, visitor: Visitor) -> Visitor:
    """An administrator who has just come in."""
    make_user(username="boss", phone=PHONE, administrator=True)
    return comes_in(visitor, "boss", PHONE)


@pytest.fixture
def other(make_user: MakeUser, another_visitor: MakeVisitor) -> Visitor:
    """Another administrator, elsewhere."""
    make_user(username="other", phone=OTHER_PHONE, administrator=True)
    return comes_in(another_visitor(address="192.0.2.7"), "other", OTHER_PHONE)


@pytest.fixture
def vonage(app: Flask) -> Iterator[Gateway]:
    """Vonage, which the portal reaches."""
    with Gateway() as server:
        app.config["PORTAL"] = dataclasses.replace(
            app.config["PORTAL"], vonage_api_host=server.host, vonage_rest_host=server.host, vonage_timeout=1,
            vonage_ca_file=str(server.ca_file))
        yield server


def page(gateway_id: int, part: str = "") -> str:
    return f"/admin/settings/texts/gateways/{gateway_id}{part}"


def column(app: Flask, name: str, what: str) -> object:
    return rows(app, f"SELECT {what} AS it FROM gateway WHERE name = :name", name=name)[0].it


def order(app: Flask) -> list[str]:
    return [row.name for row in rows(app, "SELECT name FROM gateway ORDER BY position, id")]


def kept(app: Flask, name: str) -> dict[str, str]:
    """The credentials that were entered for a gateway."""
    from portal.messages import standing
    from portal.messages.routing import credentials

    with app.app_context():
        gateway = standing.fresh().named(name)
        assert gateway is not None
        return dict(credentials.entered(gateway))


GOOD: dict[str, dict[str, str]] = {
    "vonage": {"api_key": KEY, "api_secret": SECRET},
    "vonage-sms": {"api_key": KEY, "api_secret": SECRET},
    "vonage-voice": {"application_id": APPLICATION, "private_key": PRIVATE_KEY, "sender": "+4915112345678"},
    "http": {"http_address": "https://sms.example.com/send", "secret": "s3cret"},
    "mail": {"mail_address": "{to_digits}@sms.example.com"},
}
