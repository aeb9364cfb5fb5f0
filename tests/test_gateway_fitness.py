"""Does the doctor say which gateway could not send, before anybody waits for a code in vain? Nothing is sent for it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal import boxes, create_app
from portal.database import reading
from portal.models import GatewayKind, Message
from tests.certificates import application_keys
from tests.conftest import settings
from tests.people import command
from tests.processes import free_port
from tests.ways import add_gateway

KEY = application_keys()[0]
TRADITIONAL = KEY.replace("BEGIN PRIVATE", "BEGIN RSA PRIVATE").replace("END PRIVATE", "END RSA PRIVATE")
PAIR, APPLICATION = {"api_key": "abcd1234", "api_secret": "s3cret"}, {"application_id": "aaaa-bbbb", "private_key": KEY}
CONSOLE = pytest.mark.settings(PORTAL_GATEWAY="console")


def enters(app: Flask, kind: GatewayKind, held: dict[str, str], **about: Any) -> None:
    """An administrator enters a gateway with these credentials."""
    with app.app_context():
        secret: dict[str, Any] = dict(boxes.sealed(json.dumps(held))) if held else {}
    add_gateway(app, "acme", kind=kind, title="Acme", **secret, **about)


def doctor(app: Flask) -> tuple[bool, str]:
    """Whether the gateways are well, and the doctor's words about them."""
    told = json.loads(command(app, "doctor", "--json").stdout)
    found = next(each for each in told if each["part"] == "gateway")
    return found["well"], found["words"]


@CONSOLE
@pytest.mark.parametrize(("kind", "held"), [
    (GatewayKind.VONAGE, PAIR), (GatewayKind.VONAGE, APPLICATION), (GatewayKind.VONAGE_SMS, PAIR),
])
def test_a_gateway_with_what_it_needs_is_well(app: Flask, kind: GatewayKind, held: dict[str, str]) -> None:
    enters(app, kind, held)

    assert doctor(app) == (True, "acme")


@CONSOLE
@pytest.mark.parametrize(("kind", "held", "words"), [
    (GatewayKind.VONAGE, {}, "credentials missing for Acme"),
    (GatewayKind.VONAGE, {"api_key": "abcd1234"}, "credentials missing for Acme"),
    (GatewayKind.VONAGE_SMS, APPLICATION, "credentials missing for Acme"),
    (GatewayKind.VONAGE_VOICE, PAIR, "credentials missing for Acme"),
    (GatewayKind.VONAGE, APPLICATION | {"private_key": "nonsense"}, "private key cannot be read for Acme"),
    (GatewayKind.VONAGE, APPLICATION | {"private_key": TRADITIONAL}, "private key cannot be read for Acme"),
    (GatewayKind.VONAGE_VOICE, APPLICATION | {"private_key": KEY[:300]}, "private key cannot be read for Acme"),
    (GatewayKind.HTTP, {}, "settings cannot be used for Acme"),
])
def test_a_gateway_that_cannot_send_is_named(app: Flask, kind: GatewayKind, held: dict[str, str], words: str) -> None:
    enters(app, kind, held)

    well, said = doctor(app)

    assert not well
    assert words in said
    assert "s3cret" not in said


@CONSOLE
def test_what_is_off_is_not_looked_at_but_one_for_texts_must_be_on(app: Flask) -> None:
    enters(app, GatewayKind.VONAGE, {}, enabled=False)
    assert doctor(app) == (False, "none for texts is in use, so nobody can get a code: add one in Settings › Text "
                                  "messages (`flask portal user bypass` lets you in without a code), `flask portal gateway "
                                  "enable`, or PORTAL_GATEWAY.")


@CONSOLE
def test_a_gateway_that_only_calls_gives_nobody_a_code_at_first(app: Flask) -> None:
    enters(app, GatewayKind.VONAGE_VOICE, APPLICATION)

    assert doctor(app)[0] is False


def test_credentials_that_a_new_secret_has_locked_are_named(sqlite: str) -> None:
    before = create_app(settings(DATABASE_URL=sqlite, PORTAL_GATEWAY="console"))
    enters(before, GatewayKind.VONAGE, PAIR)
    after = create_app(settings(DATABASE_URL=sqlite, PORTAL_GATEWAY="console",
                                PORTAL_SECRET="another secret of thirty-two bytes at least 0123456789"))

    assert doctor(after) == (
        False, "no secret can be read for Acme, for PORTAL_SECRET has changed: enter it once more.")


@pytest.mark.settings(PORTAL_GATEWAY="vonage", VONAGE_API_KEY="abcd1234", VONAGE_API_SECRET="s3cret",
                      VONAGE_API_HOST=f"127.0.0.1:{free_port()}")
def test_the_environment_s_gateway_stands_first_and_gives_the_others_its_credentials(app: Flask) -> None:
    add_gateway(app, "acme", kind=GatewayKind.VONAGE_SMS)

    assert doctor(app) == (True, "vonage, acme")


def test_the_inbox_sends_nothing_and_the_doctor_says_so(app: Flask) -> None:
    assert doctor(app) == (True, "inbox: messages are shown at /inbox and sent to nobody.")


class TestATestMessage:
    def test_goes_by_the_rules_or_by_the_gateway_that_is_named(self, app: Flask) -> None:
        add_gateway(app, "acme", enabled=False)

        said = [command(app, "message", "send-test", "+4915112345678", *more).stdout for more in ([], ["--gateway", "acme"])]

        assert said == ["Message 1 waits for the sender.\n", "Message 2 waits for the sender.\n"]
        with app.app_context(), reading() as connection:
            assert connection.execute(select(Message.via).order_by(Message.id)).scalars().all() == [None, "acme"]

    def test_goes_by_no_gateway_that_does_not_exist(self, app: Flask) -> None:
        result = command(app, "message", "send-test", "+4915112345678", "--gateway", "nobody")

        assert result.exit_code != 0
        assert "There is no such gateway" in result.output
