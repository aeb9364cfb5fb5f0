"""Does the gateway of Vonage's SMS API send once, end in time, and say of every answer exactly what is certain?"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from config import SettingsInvalid
from portal.messages.gateways import Fault, NoRoute, OurFault, Outgoing, Receipt, Refused, RetryLater, Unknown, vonage_client
from portal.models import GatewayKind
from tests.carrying import ACCEPTED_WITHOUT_AN_ANSWER, CODE, MESSAGE, NUMBER, SAID_BY_NO_LOG, TEXT, handed, made, told
from tests.certificates import own_certificate
from tests.conftest import settings
from tests.gateway import Gateway
from tests.processes import free_port

CHINESE = f"{CODE} 是您的 Portal 验证码，5 分钟内有效。\n@login.example.com #{CODE}"


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    with Gateway() as running:
        yield running


def send(gateway: Gateway, **about: Any) -> Receipt | Fault:
    return handed(GatewayKind.VONAGE_SMS, gateway, **about)


def test_a_text_arrives_as_it_was_written(gateway: Gateway) -> None:
    receipt = send(gateway)

    assert isinstance(receipt, Receipt)
    assert len(receipt.reference or "") == 17
    [text] = gateway.accepted
    assert (text.to, text.text, text.sender, text.client_ref, text.ttl) == (NUMBER[1:], TEXT, "Portal", "17", 290_000)
    assert text.fields["type"] == "text"
    assert gateway.faults == []


@pytest.mark.parametrize("words", [CHINESE, f"{CODE} ’", f"{CODE} ê 😀 &=+%"])
def test_letters_outside_the_sms_alphabet_arrive(gateway: Gateway, words: str) -> None:
    send(gateway, message=replace(MESSAGE, text=words))

    assert (gateway.texts(), gateway.accepted[0].fields["type"]) == ([words], "unicode")


@pytest.mark.parametrize("words", ["5 € {x} ~ [a] \\ ^ |", "a&b=c+d%20 @host #1 Ä"])
def test_letters_of_the_sms_alphabet_arrive_as_cheap_text(gateway: Gateway, words: str) -> None:
    send(gateway, message=replace(MESSAGE, text=words))

    assert (gateway.texts(), gateway.accepted[0].fields["type"]) == ([words], "text")


def test_a_text_that_is_soon_useless_gets_the_shortest_life_that_vonage_takes(gateway: Gateway) -> None:
    send(gateway, message=replace(MESSAGE, lifetime=3))

    assert gateway.accepted[0].ttl == 20_000


def test_a_number_as_sender_is_written_without_its_plus_sign(gateway: Gateway) -> None:
    send(gateway, sender="+491701234567")

    assert gateway.accepted[0].sender == "491701234567"


def test_the_gateway_s_own_host_goes_before_that_of_the_settings(gateway: Gateway) -> None:
    chosen = settings(**gateway.settings() | {"VONAGE_REST_HOST": f"127.0.0.1:{free_port()}"})

    made(GatewayKind.VONAGE_SMS, chosen, settings={"rest_host": gateway.host}).send(MESSAGE)

    assert len(gateway.texts()) == 1


@pytest.mark.parametrize(("statuses", "kind", "reason"), [
    (("1",), RetryLater, "throttled"), (("5",), RetryLater, "gateway"), (("10",), RetryLater, "throttled"),
    (("6",), NoRoute, "route"), (("7",), Refused, "stopped"), (("33",), Refused, "number"),
    (("3", "Invalid to param"), Refused, "number"), (("3", "Invalid from param"), OurFault, "status 3"),
    (("3", ""), OurFault, "status 3"), (("2", "Missing to param"), OurFault, "status 2"),
    (("4",), OurFault, "credentials"), (("14",), OurFault, "credentials"), (("32",), OurFault, "credentials"),
    (("8",), OurFault, "barred"), (("11",), OurFault, "barred"), (("9",), OurFault, "credit"), (("15",), OurFault, "sender"),
    (("29",), OurFault, "demo"), (("12",), OurFault, "status 12"), (("23",), OurFault, "status 23"),
    (("99",), OurFault, "status 99"), (("9", "9"), OurFault, "credit"),
])
def test_each_status_is_sorted(gateway: Gateway, statuses: tuple[str, ...], kind: type[Fault], reason: str) -> None:
    gateway.answers("ok", statuses=statuses)

    assert told(send(gateway)) == (kind, reason)
    assert gateway.texts() == []


@pytest.mark.parametrize("statuses", [("0", "5"), ("1", "0"), ("0", "0", "9")])
def test_a_text_that_was_taken_in_part_is_unknown(gateway: Gateway, statuses: tuple[str, ...]) -> None:
    gateway.answers("ok", statuses=statuses)

    assert told(send(gateway)) == (Unknown, "in parts")
    assert len(gateway.texts()) == 1


@pytest.mark.parametrize("status", ["9" * 70, "٣", "\0"])
def test_a_status_that_no_record_could_hold_is_unknown(gateway: Gateway, status: str) -> None:
    gateway.answers("ok", statuses=(status,))

    assert told(send(gateway)) == (Unknown, "no readable answer")


@pytest.mark.parametrize("said", ["a\0b", "\ud800", "", None, 7, ["a"]])
def test_a_name_that_no_database_takes_is_none(said: object) -> None:
    assert vonage_client.reference(said) is None


def test_of_a_text_in_two_parts_the_first_one_names_it(gateway: Gateway) -> None:
    gateway.answers("ok", statuses=("0", "0"))

    receipt = send(gateway)

    assert isinstance(receipt, Receipt)
    assert len(receipt.reference or "") == 17


@pytest.mark.parametrize(("mode", "kind", "reason"), [
    ("401", OurFault, "credentials"), ("403", OurFault, "credentials"), ("404", OurFault, "host"),
    ("429", RetryLater, "throttled"), ("400", OurFault, "status 400"), ("500", Unknown, "status 500"),
    ("503", Unknown, "status 503"),
    ("redirect", OurFault, "redirect"),
])
def test_an_answer_by_its_http_status_is_sorted_as_well(gateway: Gateway, mode: str, kind: type[Fault], reason: str) -> None:
    gateway.answers(mode)

    assert told(send(gateway)) == (kind, reason)
    assert (gateway.texts(), gateway.faults) == ([], [])


@pytest.mark.parametrize("mode", ACCEPTED_WITHOUT_AN_ANSWER)
def test_an_accepted_text_without_a_readable_answer_is_unknown_and_not_repeated(gateway: Gateway, mode: str) -> None:
    gateway.answers(mode)

    began = time.monotonic()
    fault = send(gateway)

    assert isinstance(fault, Unknown), fault
    assert len(gateway.texts()) == 1
    assert time.monotonic() - began < 2.5


def test_a_gateway_that_does_not_answer_ends_in_time_as_unknown(gateway: Gateway) -> None:
    gateway.answers("ok", seconds=4)

    began = time.monotonic()
    assert told(send(gateway)) == (Unknown, "time-out")
    assert time.monotonic() - began < 2


def test_a_refused_connection_is_tried_later(gateway: Gateway) -> None:
    assert told(send(gateway, VONAGE_REST_HOST=f"127.0.0.1:{free_port()}")) == (RetryLater, "unreachable")


def test_wrong_credentials_are_our_fault(gateway: Gateway) -> None:
    assert told(send(gateway, VONAGE_API_SECRET="another")) == (OurFault, "credentials")


@pytest.mark.parametrize("missing", [{"VONAGE_API_SECRET": "", "VONAGE_SIGNATURE_SECRET": "x" * 32}, {"VONAGE_API_KEY": ""}])
def test_without_key_and_secret_nothing_is_asked(gateway: Gateway, missing: dict[str, str]) -> None:
    with pytest.raises(OurFault, match="credentials"):
        made(GatewayKind.VONAGE_SMS, settings(**gateway.settings() | {"PORTAL_GATEWAY": "inbox"} | missing)).send(MESSAGE)
    assert gateway.connections == 0


def test_a_portal_that_signs_with_a_key_alone_does_not_start_with_it(gateway: Gateway) -> None:
    with pytest.raises(SettingsInvalid, match="VONAGE_API_KEY"):
        settings(**gateway.settings(signed=True, kind="vonage-sms"))
    assert settings(**gateway.settings(kind="vonage-sms")).portal_gateway == "vonage-sms"


def test_the_signature_secret_of_webhooks_changes_nothing(gateway: Gateway) -> None:
    assert isinstance(send(gateway, VONAGE_SIGNATURE_SECRET="y" * 32), Receipt)
    assert gateway.faults == []


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_only_the_configured_certificates_are_trusted_whatever_the_environment_says(
    gateway: Gateway, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str,
) -> None:
    own_certificate(tmp_path / "other.pem")
    monkeypatch.setenv(variable, str(gateway.ca_file))

    assert told(send(gateway, VONAGE_CA_FILE=str(tmp_path / "other.pem"))) == (OurFault, "certificate")


def test_a_netrc_file_does_not_replace_the_credentials(
    gateway: Gateway, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / "netrc").write_text("default login somebody password else\n")
    (tmp_path / "netrc").chmod(0o600)
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))

    assert isinstance(send(gateway), Receipt)


def test_a_connection_is_kept_for_the_next_text_and_a_closed_one_is_not_used(gateway: Gateway) -> None:
    carrier = made(GatewayKind.VONAGE_SMS, settings(**gateway.settings()))
    for _ in range(3):
        carrier.send(MESSAGE)
    assert gateway.connections == 1

    gateway.answers("close_after")
    carrier.send(MESSAGE)
    time.sleep(0.1)
    carrier.send(MESSAGE)

    assert (gateway.connections, len(gateway.texts()), gateway.faults) == (2, 5, [])


@pytest.mark.parametrize("mode", ["ok", "401", "500", "garbage", "reset", "close"])
def test_neither_code_nor_number_nor_secret_is_logged(gateway: Gateway, mode: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    gateway.answers(mode, problem={"detail": TEXT + NUMBER} if mode.isdigit() else {})

    outcomes = [send(gateway)]
    gateway.answers("ok", statuses=("9", TEXT + NUMBER))
    outcomes.append(send(gateway, message=Outgoing(id=1, to=NUMBER, text=TEXT, lifetime=9, sender="x")))

    said = caplog.text + "".join(repr(each) + repr(getattr(each, "__context__", "")) for each in outcomes)
    assert [secret for secret in SAID_BY_NO_LOG if secret in said] == []
