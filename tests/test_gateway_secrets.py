"""Can whoever may describe a gateway, and send a test by it, come by a secret that the console never shows?"""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask import Flask

from portal.messages import standing
from portal.messages.gateways import bodies
from portal.messages.routing import credentials
from tests.gateways import add_gateway
from tests.people import PHONE, MakeUser, comes_in, rows
from tests.visitor import Visitor

SAVE, ADD = "Save changes", "Add gateway"
SHOWN = "What says {secret} was changed"
ELSEWHERE = "The credentials are the environment’s and go to Vonage alone"
KEPT: dict[str, dict[str, Any]] = {
    "http": {"address": "https://sms.example.com/", "headers": [["Authorization", "Bearer {secret}"]],
             "body": '{"to": "{to}", "text": "{text}"}', "method": "POST", "body_type": "json"},
    "mail": {"address": "{to_digits}@sms.example.com", "subject": "key {secret}", "body": "{text}"},
}


@pytest.fixture
def boss(make_user: MakeUser, visitor: Visitor) -> Visitor:
    """An administrator who has just come in."""
    make_user(username="boss", phone=PHONE, administrator=True)
    return comes_in(visitor, "boss", PHONE)


def settings_of(app: Flask, name: str) -> str:
    return json.dumps(rows(app, "SELECT settings FROM gateway WHERE name = :name", name=name)[0].settings)


@pytest.mark.usefixtures("both_databases")
@pytest.mark.parametrize(("kind", "typed"), [
    ("http", {"http_body": '{"to": "{to}", "text": "{text} {secret}"}'}),
    ("http", {"http_body": '{"to": "{to}", "text": "{text} {secret_base64}"}'}),
    ("http", {"http_headers": "Authorization: Bearer {secret}\nX-Sender: {secret}"}),
    ("http", {"http_headers": "X-Sender: Bearer {secret}"}),
    ("mail", {"mail_body": "{secret} {text}"}), ("mail", {"mail_subject": "call {secret}"}),
])
def test_a_kept_secret_is_put_into_no_message(app: Flask, boss: Visitor, kind: str, typed: dict[str, str]) -> None:
    gateway_id = add_gateway(app, "acme", kind=kind, secrets={"secret": "s3cret"}, settings=KEPT[kind])
    before = settings_of(app, "acme")
    boss.opens(f"/admin/settings/texts/gateways/{gateway_id}").fills(**typed).submits(SAVE)
    assert boss.status == 422
    assert boss.sees(SHOWN)
    assert settings_of(app, "acme") == before
    boss.fills(**typed, secret="my-own").submits(SAVE).sees("Saved.")


def test_what_does_not_show_the_secret_is_changed_freely(app: Flask, boss: Visitor) -> None:
    gateway_id = add_gateway(app, "acme", kind="http", secrets={"secret": "s3cret"}, settings=KEPT["http"])
    boss.opens(f"/admin/settings/texts/gateways/{gateway_id}").fills(
        http_body='{"to": "{to}", "words": "{text}"}', http_headers="Authorization: Bearer {secret}\nX-Id: {id}")
    boss.submits(SAVE).sees("Saved.")


@pytest.mark.parametrize("hidden", [r"\u007bsecret}", r"{s\u0065cret}", r"\u007Bsecret_base64\u007D"])
def test_no_placeholder_is_written_so_that_nobody_sees_it(hidden: str) -> None:
    template = '{"to": "{to}", "text": "{text} ' + hidden + '"}'
    assert [wrong.flaw.name for wrong in bodies.flaws("json", template)] == ["JSON"]


@pytest.mark.settings(VONAGE_API_KEY="abcd1234", VONAGE_API_SECRET="of-the-environment")
@pytest.mark.parametrize("host", ["evil.example.com", "vonage.com.example.com", "evilvonage.com", "api.nexmo.com:8443"])
def test_the_environments_credentials_go_to_vonage_alone(app: Flask, boss: Visitor, host: str) -> None:
    new = "/admin/settings/texts/gateways/new/vonage"
    boss.opens(new).fills(title="Mine", name="mine", sender="Portal", host=host).submits(ADD)
    assert boss.status == 422
    assert boss.sees(ELSEWHERE)
    boss.fills(host="api-eu.vonage.com").submits(ADD).sees("The gateway is added and still off.")
    boss.fills(host=host).submits(SAVE)
    assert (boss.status, "api-eu.vonage.com" in settings_of(app, "mine")) == (422, True)


@pytest.mark.settings(VONAGE_API_KEY="abcd1234", VONAGE_API_SECRET="of-the-environment")
def test_a_gateway_that_was_led_elsewhere_before_keeps_its_own(app: Flask) -> None:
    """The environment may come to its credentials long after that."""
    add_gateway(app, "elsewhere", settings={"api_host": "api.example.com"}, secrets={"api_key": "own", "api_secret": "its-own"})
    add_gateway(app, "bare", settings={"api_host": "api.example.com"}, secrets={})
    add_gateway(app, "there", settings={"api_host": "api-eu.vonage.com"}, secrets={})
    with app.app_context():
        found = {each.name: credentials.of(each, app.config["PORTAL"]).get("api_secret")
                 for each in standing.fresh().gateways if each.id}
    assert found == {"elsewhere": "its-own", "bare": None, "there": "of-the-environment"}
