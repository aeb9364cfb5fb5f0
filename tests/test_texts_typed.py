"""What may be typed about a gateway, and where do its secrets go?"""

from __future__ import annotations

import json

import pytest
from flask import Flask

from portal.messages.routing.kinds import CREDENTIALS
from portal.models import GatewayKind
from tests import gateway_pages, people
from tests.gateway import APPLICATION, KEY, SECRET
from tests.gateway_pages import ADD, GOOD, LIST, NEW, PRIVATE_KEY, SAVE, column, kept, order, page
from tests.gateways import add_gateway
from tests.people import PHONE, Later, rows
from tests.visitor import Visitor

boss, other, vonage = gateway_pages.boss, gateway_pages.other, gateway_pages.vonage
later = people.later


def details(app: Flask) -> str:
    return " ".join(str(row.detail) for row in rows(app, "SELECT detail FROM audit_entry"))


@pytest.mark.parametrize("kind", GOOD)
def test_each_kind_is_asked_for_what_it_needs(app: Flask, boss: Visitor, kind: str) -> None:
    boss.opens(f"{NEW}/{kind}").fills(**GOOD[kind]).submits(ADD)
    assert boss.sees("The gateway is added and still off.", f"{kind}-1")
    assert kept(app, f"{kind}-1") == {name: value.strip() for name, value in GOOD[kind].items()
                                      if name in CREDENTIALS[GatewayKind(kind)]}
    boss.opens(page(1)).submits(SAVE).sees("Nothing was changed.")


@pytest.mark.parametrize(("kind", "typed", "said"), [
    ("vonage", {"title": ""}, "A title has 1 to 80 characters"),
    ("vonage", {"title": "A\u202eB"}, "none that can’t be seen"),
    ("vonage", {"name": "vonage"}, "is not that of a kind"),
    ("vonage", {"name": "no spaces"}, "A name has 1 to 32 small letters"),
    ("vonage", {"sender": "Twelve chars"}, "up to 11 letters and digits"),
    ("vonage", {"sender": ""}, "up to 11 letters and digits"),
    ("vonage", {"per_second": "0"}, "Write a whole number from 1 to 10000."),
    ("vonage", {"per_second": "many"}, "Write a whole number from 1 to 10000."),
    ("vonage", {"per_second": "٣"}, "Write a whole number from 1 to 10000."),
    ("vonage", {"per_second": "9" * 5_000}, "Write a whole number from 1 to 10000."),
    ("vonage", {"host": "https://api.nexmo.com"}, "without https:// and without a path"),
    ("vonage", {"api_secret": ""}, "Enter key and secret, or the application’s ID and its private key."),
    ("vonage", {"application_id": APPLICATION}, "The application’s ID and its private key are needed, both."),
    ("vonage", {"api_secret": "two words"}, "at Vonage no blanks"),
    ("vonage-sms", {"api_key": ""}, "Key and secret are needed."),
    ("vonage-voice", {"private_key": ""}, "The application’s ID and its private key are needed, both."),
    ("vonage-voice", {"private_key": "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"}, "isn’t a private key"),
    ("vonage-voice", {"private_key": PRIVATE_KEY.replace("PRIVATE", "RSA PRIVATE")}, "isn’t a private key"),
    ("vonage-voice", {"sender": "Portal"}, "A call comes from a number of your account"),
    ("http", {"http_address": "http://sms.example.com/"}, "It begins with https://"),
    ("mail", {"mail_address": "somebody"}, "Write a mail address such as"),
])
def test_what_cannot_be_taken_is_said_beside_its_field(
    app: Flask, boss: Visitor, kind: str, typed: dict[str, str], said: str,
) -> None:
    boss.opens(f"{NEW}/{kind}").fills(**(GOOD[kind] | typed)).submits(ADD)
    assert boss.status == 422
    assert boss.sees(said)
    assert boss.page.html.count('aria-invalid="true"') >= 1
    boss.does_not_see(SECRET, PRIVATE_KEY)
    assert order(app) == []


def test_a_name_is_given_once(app: Flask, boss: Visitor) -> None:
    add_gateway(app, "main")
    boss.opens(f"{NEW}/vonage").fills(name="main", **GOOD["vonage"]).submits(ADD)
    assert boss.status == 422
    assert boss.sees("Another gateway has that name already.")


def test_secrets_are_written_and_never_shown(app: Flask, boss: Visitor, later: Later) -> None:
    later(601)
    boss.opens(f"{NEW}/vonage").fills(name="main", signature_secret="of-the-webhooks", **GOOD["vonage"]).submits(ADD)
    assert SECRET not in str(rows(app, "SELECT held FROM sign_in"))
    boss.fills(password="correct horse battery staple").submits("Confirm").enters_code(PHONE).submits("Go on")
    assert boss.sees("The gateway is added", "One is kept, and shown to nobody.")
    for each in (boss, boss.opens(f"{LIST}"), boss.opens("/admin/audit")):
        each.does_not_see(KEY, SECRET, "of-the-webhooks")
    assert SECRET not in f"{details(app)} {column(app, 'main', 'secret')!r} {column(app, 'main', 'settings')}"
    boss.opens(page(1)).fills(api_secret="another-one").submits(SAVE).sees("Saved. It holds at once.")
    assert kept(app, "main") == {"api_key": KEY, "api_secret": "another-one", "signature_secret": "of-the-webhooks"}
    assert "another-one" not in details(app)
    assert json.loads(str(rows(app, "SELECT detail FROM audit_entry ORDER BY id DESC")[0].detail))["credentials"] == "api_secret"


def test_empty_fields_keep_the_credentials_but_not_for_another_host(app: Flask, boss: Visitor) -> None:
    gateway_id = add_gateway(app, "main")
    boss.opens(page(gateway_id)).fills(title="Main line", per_second="5").submits(SAVE).sees("Saved. It holds at once.")
    assert kept(app, "main") == {"api_key": KEY, "api_secret": SECRET}
    boss.fills(host="api.example.com").submits(SAVE)
    assert boss.status == 422
    assert boss.sees("Messages would go to another address with the credentials that are kept.")
    assert "example.com" not in str(column(app, "main", "settings"))
    boss.fills(host="api.example.com", api_key="other", api_secret="new").submits(SAVE).sees("Saved.")
    assert kept(app, "main") == {"api_key": "other", "api_secret": "new"}


def test_the_secret_of_a_described_provider_goes_to_no_other_address(app: Flask, boss: Visitor) -> None:
    boss.opens(f"{NEW}/http").fills(**GOOD["http"]).submits(ADD)
    boss.fills(http_address="https://elsewhere.example.com/").submits(SAVE)
    assert boss.status == 422
    assert boss.sees("Messages would go to another address with the credentials that are kept.")
    assert "elsewhere" not in str(column(app, "http-1", "settings"))


def test_credentials_can_be_forgotten_for_others(app: Flask, boss: Visitor) -> None:
    gateway_id = add_gateway(app, "main")
    typed = {"application_id": APPLICATION, "private_key": PRIVATE_KEY}
    boss.opens(page(gateway_id)).fills(**typed).fills("Forget what is kept", True).submits(SAVE).sees("Saved.")
    assert kept(app, "main") == {"application_id": APPLICATION, "private_key": PRIVATE_KEY.strip()}
