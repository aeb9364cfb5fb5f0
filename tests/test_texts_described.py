"""Can an administrator describe a provider on the page, and do messages then go by it, once?"""

from __future__ import annotations

import dataclasses
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from portal.messages.delivery import deliver
from tests import gateway_pages, people, routed
from tests.gateways import add_gateway
from tests.http_provider import Provider
from tests.letters import PHONE as TO
from tests.letters import write
from tests.mail_server import PASSWORD, MailServer
from tests.people import rows
from tests.visitor import Visitor

later, boss, nobody_rests = people.later, gateway_pages.boss, routed.nobody_rests
NEW = "/admin/settings/texts/gateways/new"
ADD, SAVE = "Add gateway", "Save changes"
MAIL_SETTINGS = {"address": "{to_digits}@sms.example.com", "body": "{text}"}


@pytest.fixture
def provider() -> Iterator[Provider]:
    with Provider() as running:
        yield running


@pytest.fixture
def mails() -> Iterator[MailServer]:
    with MailServer() as running:
        yield running


def settings_of(app: Flask, name: str) -> Any:
    kept = rows(app, "SELECT settings FROM gateway WHERE name = :name", name=name)[0].settings
    return json.loads(kept) if isinstance(kept, str) else kept


def test_a_provider_is_described_as_it_was_typed_and_stands_there_again(app: Flask, boss: Visitor, provider: Provider) -> None:
    typed = {
        "title": "Acme", "name": "acme", "secret": "s3cret-of-acme", "http_method": "PUT",
        "http_address": "https://sms.example.com/send?key={secret}", "http_headers": "X-One: a: b\n\nX-Two:{id}",
        "http_body_type": "form", "http_body": "to={to_digits}&text={text}", "http_statuses": "200, 202",
        "http_success_path": "messages.0.status", "http_success_value": "ok | queued", "http_refused_value": "bad number",
        "http_failed_path": "error", "http_reference": "messages.0.id", "http_ca": provider.ca_file.read_text(),
    }
    boss.opens(f"{NEW}/http").fills(**typed).submits(ADD).sees("The gateway is added and still off.")

    expected = {
        "method": "PUT", "address": "https://sms.example.com/send?key={secret}",
        "headers": [["X-One", "a: b"], ["X-Two", "{id}"]],
        "body_type": "form", "body": "to={to_digits}&text={text}", "statuses": "200, 202", "reference": "messages.0.id",
        "success": {"path": "messages.0.status", "values": ["ok", "queued"]}, "failed": {"path": "error", "values": []},
        "refused": {"path": "", "values": ["bad number"]}, "ca": provider.ca_file.read_text().strip(),
    }
    assert settings_of(app, "acme") == expected
    boss.fills(title="Acme 2").submits(SAVE).sees("Saved.")
    assert settings_of(app, "acme") == expected
    assert "s3cret-of-acme" not in boss.page.html + str(rows(app, "SELECT detail FROM audit_entry"))


def test_what_is_wrong_is_said_beside_each_field_and_nothing_is_added(app: Flask, boss: Visitor) -> None:
    typed = {"http_address": "http://sms.example.com/", "http_headers": "X-Fine: a\nHost: b", "http_statuses": "2xx",
             "http_body": '{"to": "{to}", "text": "{texd}"}', "http_success_path": "a..b", "http_ca": "none"}
    boss.opens(f"{NEW}/http").fills(**typed).submits(ADD)

    assert boss.status == 422
    assert boss.sees("It begins with https://", "The header Host is written by the portal itself.", "Write statuses such as",
                     "Nothing is known by the name {texd}.", "Write a path such as", "That isn’t PEM text")
    assert rows(app, "SELECT id FROM gateway") == []


def test_a_secret_that_is_named_is_asked_for(app: Flask, boss: Visitor) -> None:
    boss.opens(f"{NEW}/http").fills(http_address="https://sms.example.com/").submits(ADD)
    assert boss.status == 422
    assert boss.sees("Something above says {secret}, so there must be one.")
    boss.fills(http_headers="").submits(ADD).sees("The gateway is added and still off.")


def test_a_provider_of_mail_is_described_and_refused_alike(app: Flask, boss: Visitor) -> None:
    boss.opens(f"{NEW}/mail").fills(mail_address="all@example.com", mail_body="{text} bye", mail_from="me").submits(ADD)
    assert boss.sees("In plain text, {text} stands once, at the very end", "Write a mail address such as portal@example.com.")
    boss.fills(mail_address="{to_digits}@sms.example.com", mail_body="{text}", mail_from="").submits(ADD)
    assert boss.sees("The gateway is added and still off.")
    assert settings_of(app, "mail-1") == MAIL_SETTINGS


@pytest.fixture
def both(app: Flask, provider: Provider, mails: MailServer) -> Flask:
    """A portal that sends by the provider first and by mail where that surely sent nothing."""
    server = mails.settings()
    app.config["PORTAL"] = dataclasses.replace(
        app.config["PORTAL"], vonage_timeout=1, portal_smtp_url=server["PORTAL_SMTP_URL"],
        portal_mail_from=server["PORTAL_MAIL_FROM"])
    add_gateway(app, "acme", kind="http", secrets={"secret": "s3cret-of-acme"}, settings=provider.settings(), position=1)
    add_gateway(app, "post", kind="mail", secrets={}, settings=MAIL_SETTINGS, position=2)
    return app


def delivered(app: Flask) -> tuple[Any, str]:
    """The row of a message that was to be sent, and its code."""
    letter = write(app)
    with app.app_context():
        deliver(letter.id)
    return letter.row, letter.code


@pytest.mark.settings(PORTAL_GATEWAY="console")
def test_a_message_goes_by_the_provider(both: Flask, provider: Provider, mails: MailServer) -> None:
    row, code = delivered(both)

    assert (row.state.value, row.gateway, row.reference) == ("sent", "acme", "m-1")
    [asked] = provider.asked
    said = json.loads(asked.body)
    assert (said["to"], said["ref"], code in said["text"]) == (TO, str(row.id), True)
    assert mails.taken == []


@pytest.mark.settings(PORTAL_GATEWAY="console")
@pytest.mark.parametrize("status", [401, 402, 404, 429])
def test_what_the_provider_surely_did_not_send_goes_by_mail(
    both: Flask, provider: Provider, mails: MailServer, status: int,
) -> None:
    provider.answers(status, {})

    row, code = delivered(both)

    assert (row.state.value, row.gateway) == ("sent", "post")
    [taken] = mails.taken
    assert (taken.to, code in taken.text) == (f"{TO.removeprefix('+')}@sms.example.com", True)
    assert row.reference == taken.mail["Message-ID"]


@pytest.mark.settings(PORTAL_GATEWAY="console")
@pytest.mark.parametrize("mood", [{"status": 500}, {"how": "reset"}, {"how": "close"}, {"seconds": 3}, {"status": 302}], ids=str)
def test_what_the_provider_may_have_sent_goes_by_nothing_else(
    both: Flask, provider: Provider, mails: MailServer, mood: dict[str, Any],
) -> None:
    provider.answers(**mood)

    row, _ = delivered(both)

    assert (row.state.value, row.gateway) == ("unknown", "acme")
    assert (len(provider.asked), mails.taken) == (1, [])


@pytest.mark.settings(PORTAL_GATEWAY="console")
@pytest.mark.parametrize("content", ["taken, close", "554 no"])
def test_no_code_number_or_secret_is_in_any_log(
    both: Flask, provider: Provider, mails: MailServer, content: str, caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    provider.answers(402, {"detail": TO})
    mails.answers["content"] = content

    row, code = delivered(both)

    assert row.state.value in ("unknown", "failed")
    for word in (code, TO.removeprefix("+"), "s3cret-of-acme", PASSWORD):
        assert word not in caplog.text
