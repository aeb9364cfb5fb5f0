"""Does a text that leaves as mail leave once, and does every answer of the mail server become the right fault?"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from portal.messages.gateways import Fault, OurFault, Outgoing, Receipt, Refused, RetryLater, Unknown, make
from portal.messages.routing.kinds import suffices
from portal.messages.routing.register import Gateway
from portal.models import GatewayKind
from tests.conftest import settings
from tests.mail_server import MailServer

TEXT = "482913 is your Portal code.\n@login.example.com #482913"
MESSAGE = Outgoing(id=17, to="+4915112345678", text=TEXT, lifetime=290, sender="Portal")
SET_UP = {"address": "{to_digits}@sms.example.com", "body": "{text}"}


@pytest.fixture
def server() -> Iterator[MailServer]:
    with MailServer() as running:
        yield running


def send(described: dict[str, Any], environment: dict[str, str], message: Outgoing = MESSAGE) -> Receipt | Fault:
    """What came of handing one message over: the receipt or the fault."""
    gateway = Gateway(id=1, kind=GatewayKind.MAIL, name="acme", title="Acme", enabled=True, position=1, per_second=30,
                      sender="Portal", version=1, settings=described)
    try:
        return make(gateway, settings(**environment)).send(message)
    except Fault as fault:
        return fault


@pytest.mark.parametrize("text", [TEXT, "验证码 482913\n@login.example.com #482913"])
def test_a_text_arrives_as_mail_to_its_number(server: MailServer, text: str) -> None:
    message = Outgoing(id=17, to="+4915112345678", text=text, lifetime=290, sender="Portal")

    receipt = send(SET_UP, server.settings(), message)

    [taken] = server.taken
    assert (taken.to, taken.sender, taken.text) == ("4915112345678@sms.example.com", "portal@example.com", text)
    assert isinstance(receipt, Receipt)
    assert receipt.reference == taken.mail["Message-ID"]


def test_each_part_of_the_mail_has_its_template(server: MailServer) -> None:
    described = {"address": "{to}@sms.example.com", "from": "codes@example.com", "subject": "{secret} {id}",
                 "body": "from: {from}\n\n{text}"}

    assert isinstance(send(described, server.settings(PORTAL_GATEWAY_SECRETS="acme=s3cret")), Receipt)

    [taken] = server.taken
    assert (taken.to, taken.sender, taken.mail["From"]) == (
        "+4915112345678@sms.example.com", "codes@example.com", "codes@example.com")
    assert (taken.mail["Subject"], taken.text) == ("s3cret 17", f"from: Portal\n\n{TEXT}")


@pytest.mark.parametrize(("step", "answer", "kind", "reason"), [
    ("greeting", "421 busy", RetryLater, "not now"), ("greeting", "close", RetryLater, "unreachable"),
    ("auth", "535 5.7.8 wrong", OurFault, "credentials"), ("mail", "553 no", OurFault, "sender"),
    ("rcpt", "550 5.1.1 nobody", Refused, "number"), ("rcpt", "550 5.7.1 relay", OurFault, "refused"),
    ("rcpt", "451 later", RetryLater, "not now"), ("rcpt", "hang", RetryLater, "unreachable"),
    ("data", "554 no", OurFault, "refused"), ("content", "554 no", OurFault, "refused"),
    ("content", "451 later", RetryLater, "not now"), ("content", "taken, close", Unknown, "no readable answer"),
    ("content", "taken, reset", Unknown, "no readable answer"), ("content", "taken, hang", Unknown, "no readable answer"),
    ("content", "taken, drip", Unknown, "no readable answer"), ("content", "taken, what?", Unknown, "no readable answer"),
])
def test_each_answer_becomes_the_fault_that_is_certain_and_nothing_is_repeated(
    server: MailServer, step: str, answer: str, kind: type[Fault], reason: str,
) -> None:
    server.answers[step] = answer

    began = time.monotonic()
    fault = send(SET_UP, server.settings())

    assert (type(fault), str(fault)) == (kind, reason)
    assert len(server.taken) == (kind is Unknown)
    assert time.monotonic() - began < 3


def test_what_is_set_up_wrongly_is_our_fault(server: MailServer) -> None:
    assert str(send(SET_UP, {})) == "no mail server"
    assert str(send({"address": "x"}, server.settings())) == "settings"
    assert str(send(SET_UP | {"subject": "{secret}"}, server.settings())) == "credentials"
    assert str(send(SET_UP, server.settings(ca=""))) == "certificate"
    assert server.taken == []


@pytest.mark.parametrize("secret", ["a\r\nBcc: eve@example.com", "a\nb"])
def test_a_secret_never_adds_a_header(server: MailServer, secret: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.messages.routing.credentials.of", lambda *_: {"secret": secret})

    assert str(send(SET_UP | {"subject": "{secret}"}, server.settings())) == "request"
    assert str(send(SET_UP | {"address": "{to_digits}.{secret}@example.com"}, server.settings())) == "request"
    assert server.taken == []


@pytest.mark.parametrize(("kind", "described", "wanted"), [
    (GatewayKind.HTTP, {"headers": [["X-Key", "{secret}"]]}, True),
    (GatewayKind.HTTP, {"address": "https://x/?k={secret}"}, True),
    (GatewayKind.HTTP, {"body": "k={secret_base64}", "headers": []}, True),
    (GatewayKind.HTTP, {"headers": [["X", "{to}"]]}, False),
    (GatewayKind.MAIL, {"subject": "{secret}"}, True), (GatewayKind.MAIL, SET_UP, False),
])
def test_a_secret_is_needed_where_a_template_names_it(kind: GatewayKind, described: dict[str, Any], wanted: bool) -> None:
    assert suffices(kind, (), described) is not wanted
    assert suffices(kind, ("secret",), described)
