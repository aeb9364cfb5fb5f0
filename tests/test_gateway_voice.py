"""Does the gateway of Vonage's Voice API call once, end in time, and say of every answer exactly what is certain?"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from portal.messages.gateways import Fault, NoRoute, OurFault, Receipt, Refused, RetryLater, Unknown
from portal.messages.routing import soundness
from portal.models import GatewayKind
from tests.carrying import ACCEPTED_WITHOUT_AN_ANSWER, MESSAGE, NUMBER, SAID_BY_NO_LOG, TEXT, handed, made, told
from tests.certificates import application_keys
from tests.conftest import settings
from tests.gateway import Gateway
from tests.processes import free_port

CALLER = "+447700900123"
WORDS = replace(MESSAGE, text="Your code is: 4, 8, 2, 9, 1, 3.")


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    with Gateway() as running:
        yield running


def call(gateway: Gateway, **about: Any) -> Receipt | Fault:
    asked: dict[str, Any] = {"signed": True, "message": WORDS, "sender": CALLER} | about
    return handed(GatewayKind.VONAGE_VOICE, gateway, **asked)


def test_a_phone_is_called_and_the_words_are_said_twice(gateway: Gateway) -> None:
    receipt = call(gateway)

    assert isinstance(receipt, Receipt)
    assert len(receipt.reference or "") == 36
    [heard] = gateway.calls
    assert (heard.to, heard.sender, heard.text) == (NUMBER[1:], CALLER[1:], WORDS.text)
    assert heard.fields["ncco"] == [{"action": "talk", "text": WORDS.text, "language": "en-GB", "loop": 1}]
    assert (heard.fields["ringing_timer"], heard.fields["length_timer"]) == (30, 60)
    assert gateway.faults == []


def test_an_answering_machine_is_hung_up_on(gateway: Gateway) -> None:
    call(gateway)

    assert gateway.calls[0].fields["machine_detection"] == "hangup"


def test_a_chinese_call_has_a_chinese_voice(gateway: Gateway) -> None:
    call(gateway, message=replace(WORDS, text="您的验证码是：4，8，2", language="zh"))

    assert gateway.calls[0].fields["ncco"][0]["language"] == "cmn-CN"
    assert gateway.calls[0].text == "您的验证码是：4，8，2"


def test_news_of_the_call_go_to_the_portal_s_own_address_if_it_has_one_with_tls(gateway: Gateway) -> None:
    call(gateway, PORTAL_URL="https://login.example.com")
    call(gateway, PORTAL_URL="http://localhost:5000")

    with_tls, without = (heard.fields for heard in gateway.calls)
    assert with_tls["event_url"] == [f"https://login.example.com/hooks/vonage/voice?message={WORDS.id}"]
    assert with_tls["event_method"] == "POST"
    assert "event_url" not in without


@pytest.mark.parametrize("sender", ["Portal", "", "+", "４４７７００９００１２３"])
def test_nobody_is_called_from_what_is_no_number(gateway: Gateway, sender: str) -> None:
    assert told(call(gateway, sender=sender)) == (OurFault, "sender")
    assert gateway.connections == 0


@pytest.mark.parametrize("missing", [{"VONAGE_APPLICATION_ID": "", "VONAGE_PRIVATE_KEY": ""}, {"VONAGE_PRIVATE_KEY": ""}])
def test_key_and_secret_are_not_enough_for_a_call(gateway: Gateway, missing: dict[str, str]) -> None:
    both = gateway.settings() | gateway.settings(signed=True) | {"PORTAL_GATEWAY": "inbox"} | missing

    with pytest.raises(OurFault, match="credentials"):
        made(GatewayKind.VONAGE_VOICE, settings(**both))


def test_a_private_key_that_cannot_be_read_is_our_fault(gateway: Gateway) -> None:
    broken = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"

    assert told(call(gateway, VONAGE_PRIVATE_KEY=broken)) == (OurFault, "credentials")


@pytest.mark.parametrize(("mode", "problem", "kind", "reason"), [
    ("400", {}, OurFault, "status 400"),
    ("400", {"invalid_parameters": [{"name": "ncco", "reason": "x"}]}, OurFault, "status 400"),
    ("400", {"invalid_parameters": [{"name": "to[0].number", "reason": "x"}]}, Refused, "number"),
    ("422", {"type": "#1250"}, NoRoute, "route"),
    ("401", {}, OurFault, "credentials"), ("402", {}, OurFault, "credit"), ("403", {}, OurFault, "credentials"),
    ("404", {}, OurFault, "host"), ("429", {}, RetryLater, "throttled"), ("500", {}, Unknown, "status 500"),
    ("503", {}, Unknown, "status 503"), ("redirect", {}, OurFault, "redirect"),
])
def test_an_answer_that_refuses_is_sorted(
    gateway: Gateway, mode: str, problem: dict[str, Any], kind: type[Fault], reason: str,
) -> None:
    gateway.answers(mode, problem=problem)

    assert told(call(gateway)) == (kind, reason)
    assert (gateway.calls, gateway.faults) == ([], [])


@pytest.mark.parametrize("mode", ACCEPTED_WITHOUT_AN_ANSWER)
def test_a_call_without_a_readable_answer_is_unknown_and_not_repeated(gateway: Gateway, mode: str) -> None:
    gateway.answers(mode)

    began = time.monotonic()
    fault = call(gateway)

    assert isinstance(fault, Unknown), fault
    assert len(gateway.calls) == 1
    assert time.monotonic() - began < 2.5


def test_a_gateway_that_does_not_answer_ends_in_time_as_unknown(gateway: Gateway) -> None:
    gateway.answers("ok", seconds=4)

    assert told(call(gateway)) == (Unknown, "time-out")


def test_a_refused_connection_is_tried_later(gateway: Gateway) -> None:
    assert told(call(gateway, VONAGE_API_HOST=f"127.0.0.1:{free_port()}")) == (RetryLater, "unreachable")


def test_another_application_s_key_is_our_fault(gateway: Gateway) -> None:
    assert told(call(gateway, VONAGE_PRIVATE_KEY=application_keys()[0])) == (OurFault, "credentials")


def test_a_private_key_is_read_once_however_many_threads_call(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    from cryptography.hazmat.primitives import serialization

    chosen, read = settings(**gateway.settings(signed=True)), []
    real = serialization.load_pem_private_key

    def slowly(*given: Any, **about: Any) -> Any:
        read.append(1)
        time.sleep(0.1)
        return real(*given, **about)

    monkeypatch.setattr(serialization, "load_pem_private_key", slowly)
    soundness._parsed.cache_clear()

    with ThreadPoolExecutor(20) as pool:
        list(pool.map(lambda _: made(GatewayKind.VONAGE_VOICE, chosen).send(replace(WORDS, sender=CALLER)), range(20)))

    assert (len(read), len(gateway.calls)) == (1, 20)


@pytest.mark.parametrize("mode", ["ok", "400", "401", "500", "garbage", "reset", "close"])
def test_neither_code_nor_number_nor_key_is_logged(gateway: Gateway, mode: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    gateway.answers(mode, problem={"detail": TEXT + NUMBER} if mode.isdigit() else {})

    outcome = call(gateway, message=MESSAGE)

    said = caplog.text + repr(outcome) + repr(getattr(outcome, "__context__", ""))
    assert [secret for secret in (*SAID_BY_NO_LOG, "4, 8, 2") if secret in said] == []
