"""Does the Vonage gateway send once, end in time, and say of every answer exactly what is certain?"""

from __future__ import annotations

import logging
import socket
import time
import tracemalloc
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from config import Settings
from portal.messages.gateways import Carrier, Fault, OurFault, Outgoing, Receipt, Refused, RetryLater, Unknown, make
from portal.messages.routing import register
from tests.certificates import own_certificate
from tests.conftest import settings
from tests.dialects import Answer
from tests.gateway import Gateway
from tests.processes import free_port

TEXT = "482913 is your Portal code. It works for 5 minutes. Never share it with anyone.\n@login.example.com #482913"
MESSAGE = Outgoing(id=17, to="+4915112345678", text=TEXT, lifetime=290, sender="Portal")


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    with Gateway() as running:
        yield running


def made(chosen: Settings) -> Carrier:
    """What carries messages with these settings."""
    first = register.of_environment(chosen)
    assert first
    return make(first, chosen)


def send(gateway: Gateway, *, signed: bool = False, **environment: str) -> Receipt | Fault:
    """What came of handing one message over: the receipt or the fault."""
    try:
        chosen = settings(**gateway.settings(signed=signed) | environment)
        return made(chosen).send(replace(MESSAGE, sender=chosen.vonage_sender))
    except Fault as fault:
        return fault


@pytest.mark.parametrize("signed", [False, True], ids=["key and secret", "JWT"])
def test_a_text_arrives_as_it_was_written(gateway: Gateway, signed: bool) -> None:
    receipt = send(gateway, signed=signed)

    assert isinstance(receipt, Receipt)
    assert len(receipt.reference or "") == 36
    [text] = gateway.accepted
    assert (text.to, text.text, text.sender, text.client_ref, text.ttl) == ("4915112345678", TEXT, "Portal", "17", 290)
    assert gateway.faults == []


def test_a_text_that_is_soon_useless_gets_the_shortest_life_that_vonage_takes(gateway: Gateway) -> None:
    made(settings(**gateway.settings())).send(Outgoing(id=1, to="+4915112345678", text="x", lifetime=3, sender="Portal"))

    assert gateway.accepted[0].ttl == 20


def test_a_number_as_sender_is_written_without_its_plus_sign(gateway: Gateway) -> None:
    send(gateway, VONAGE_SENDER="+491701234567")

    assert gateway.accepted[0].sender == "491701234567"


@pytest.mark.parametrize(("mode", "kind", "reason"), [
    ("401", OurFault, "credentials"), ("402", OurFault, "credit"), ("404", OurFault, "host"), ("400", OurFault, "status 400"),
    ("408", Unknown, "status 408"),
    ("422", Refused, "number"), ("429", RetryLater, "throttled"), ("500", Unknown, "status 500"), ("503", Unknown, "status 503"),
])
def test_an_answer_that_refuses_is_sorted(gateway: Gateway, mode: str, kind: type[Fault], reason: str) -> None:
    gateway.answers(mode)

    fault = send(gateway)

    assert (type(fault), str(fault)) == (kind, reason)
    assert gateway.texts() == []


@pytest.mark.parametrize("mode", ["garbage", "html", "empty", "other", "close", "reset"])
@pytest.mark.parametrize("signed", [False, True], ids=["key and secret", "JWT"])
def test_an_accepted_text_without_a_readable_answer_is_unknown_and_not_repeated(
    gateway: Gateway, mode: str, signed: bool,
) -> None:
    gateway.answers(mode)

    fault = send(gateway, signed=signed)

    assert isinstance(fault, Unknown), fault
    assert len(gateway.texts()) == 1


def test_an_answer_that_unpacks_to_a_hundred_times_its_size_takes_no_memory(gateway: Gateway) -> None:
    """Else a gateway, or whoever stands in for it, could fell the sender with everything it has in hand."""
    gateway.answers("bomb")
    carrier = made(settings(**gateway.settings()))
    tracemalloc.start()
    try:
        with pytest.raises(Unknown):
            carrier.send(MESSAGE)
        _now, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert most < 5_000_000
    assert len(gateway.texts()) == 1


@pytest.mark.parametrize("problem", [
    {"type": "https://developer.vonage.com/api-errors/messages#1120", "title": "Invalid sender"},
    {"type": "https://developer.vonage.com/api-errors/messages#1150", "invalid_parameters": [{"name": "ttl", "reason": "x"}]},
    {"type": None, "invalid_parameters": "nonsense"},
])
def test_a_rejected_request_is_our_fault_unless_it_blames_the_number(gateway: Gateway, problem: dict[str, object]) -> None:
    gateway.answers("422", problem=problem)

    assert isinstance(send(gateway), OurFault)


def test_an_invalid_parameter_called_to_blames_the_number(gateway: Gateway) -> None:
    gateway.answers("422", problem={"type": "#1150", "invalid_parameters": [{"name": "to", "reason": "x"}]})

    assert isinstance(send(gateway), Refused)


@pytest.mark.parametrize(("said", "delay"), [("7", 7.0), ("", None), ("soon", None), ("-1", None)])
def test_throttling_names_the_pause_if_the_gateway_does(gateway: Gateway, said: str, delay: float | None) -> None:
    gateway.answers("429", retry_after=said)

    fault = send(gateway)

    assert isinstance(fault, RetryLater)
    assert fault.delay == delay


def test_a_gateway_that_does_not_answer_ends_in_time_as_unknown(gateway: Gateway) -> None:
    gateway.answers("ok", seconds=4)

    began = time.monotonic()
    fault = send(gateway)

    assert isinstance(fault, Unknown)
    assert str(fault) == "time-out"
    assert time.monotonic() - began < 2


def test_an_answer_that_drips_ends_at_twice_the_time_out(gateway: Gateway) -> None:
    gateway.answers("drip")

    began = time.monotonic()
    fault = send(gateway)

    assert isinstance(fault, Unknown)
    assert time.monotonic() - began < 2.5
    assert len(gateway.texts()) == 1


def test_a_refused_connection_is_tried_later(gateway: Gateway) -> None:
    assert isinstance(send(gateway, VONAGE_API_HOST=f"127.0.0.1:{free_port()}"), RetryLater)


def test_a_host_without_address_is_tried_later(gateway: Gateway) -> None:
    assert isinstance(send(gateway, VONAGE_API_HOST="no-such-host.invalid"), RetryLater)


def test_a_host_with_many_silent_addresses_takes_no_longer_than_one(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch,
) -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        address = full.getsockname()
        waiting = [socket.socket() for _ in range(4)]
        for each in waiting:  # those that come after them get no answer at all
            each.setblocking(False)
            each.connect_ex(address)
        found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", address)] * 8
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_about, **_more: found)

        began = time.monotonic()
        fault = send(gateway, VONAGE_API_HOST="many.example.com")

        for each in waiting:
            each.close()
    assert (type(fault), str(fault)) == (RetryLater, "unreachable")
    assert time.monotonic() - began < 3


def test_the_second_address_of_a_host_is_tried_when_the_first_refuses(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port)) for port in (free_port(), gateway.port)]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_about, **_more: found)

    assert isinstance(send(gateway, VONAGE_API_HOST=f"localhost:{gateway.port}"), Receipt)


@pytest.mark.parametrize(("status", "kind"), [
    (301, OurFault), (307, OurFault), (308, OurFault), (302, Unknown), (303, Unknown),
])
def test_a_redirect_is_not_followed(gateway: Gateway, status: int, kind: type[Fault]) -> None:
    gateway.answers("redirect", status=status)

    fault = send(gateway)

    assert (type(fault), str(fault)) == (kind, "redirect")
    assert gateway.faults == []


@pytest.mark.parametrize(("mode", "status"), [("422", 422), ("ok", 202)])
def test_json_without_a_bottom_is_an_answer_like_others_that_cannot_be_read(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch, mode: str, status: int,
) -> None:
    deep = Answer(status, b"[" * 200_000)
    monkeypatch.setattr("tests.gateway.problem", lambda *_about: deep)
    monkeypatch.setattr("tests.dialects.Messages.ok", lambda *_about: deep)
    gateway.answers(mode)

    assert isinstance(send(gateway), Unknown)


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_only_the_configured_certificates_are_trusted_whatever_the_environment_says(
    gateway: Gateway, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str,
) -> None:
    other = tmp_path / "other.pem"
    own_certificate(other)

    monkeypatch.setenv(variable, str(other))
    assert isinstance(send(gateway), Receipt)

    monkeypatch.setenv(variable, str(gateway.ca_file))
    fault = send(gateway, VONAGE_CA_FILE=str(other))
    assert (type(fault), str(fault)) == (OurFault, "certificate")
    assert isinstance(send(gateway, VONAGE_CA_FILE=""), OurFault)


def test_a_netrc_file_does_not_replace_the_credentials(
    gateway: Gateway, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("default login somebody password else\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))

    assert isinstance(send(gateway), Receipt)


def test_wrong_credentials_are_our_fault(gateway: Gateway) -> None:
    assert isinstance(send(gateway, VONAGE_API_SECRET="another"), OurFault)


def test_a_private_key_that_cannot_be_read_is_our_fault(gateway: Gateway) -> None:
    broken = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"

    fault = send(gateway, signed=True, VONAGE_PRIVATE_KEY=broken)

    assert (type(fault), str(fault)) == (OurFault, "credentials")


def test_connections_are_kept_for_the_next_text(gateway: Gateway) -> None:
    carrier = made(settings(**gateway.settings()))

    for _ in range(5):
        carrier.send(MESSAGE)

    assert gateway.connections == 1


def test_a_connection_that_the_gateway_closed_while_idle_is_not_used(gateway: Gateway) -> None:
    carrier = made(settings(**gateway.settings()))
    gateway.answers("close_after")
    carrier.send(MESSAGE)
    time.sleep(0.1)
    carrier.send(MESSAGE)

    assert (gateway.connections, len(gateway.texts())) == (2, 2)


def test_threads_with_a_client_each_send_at_once(gateway: Gateway) -> None:
    gateway.answers("ok", seconds=0.5)
    chosen = settings(**gateway.settings())

    began = time.monotonic()
    with ThreadPoolExecutor(20) as pool:
        receipts = list(pool.map(lambda _: made(chosen).send(MESSAGE), range(20)))

    assert len({receipt.reference for receipt in receipts}) == 20
    assert gateway.most_under_way >= 15
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("mode", ["ok", "422", "500", "garbage", "reset"])
def test_neither_code_nor_number_nor_secret_is_logged(
    gateway: Gateway, mode: str, caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    gateway.answers(mode, problem={"detail": TEXT + MESSAGE.to} if mode.isdigit() else {})

    outcome = send(gateway)

    said = caplog.text + repr(outcome) + repr(getattr(outcome, "__context__", ""))
    for secret in ("482913", "4915112345678", "secret-of-the-tests", "Basic "):
        assert secret not in said
