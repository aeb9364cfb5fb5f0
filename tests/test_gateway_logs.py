"""Does a sender at its most talkative say nothing of codes, numbers and credentials, by whichever interface and fault?"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import update

from portal.database import writing
from portal.models import Channel, GatewayKind, Message
from tests.carrying import SAID_BY_NO_LOG
from tests.gateway import Gateway
from tests.letters import Letter
from tests.processes import until
from tests.senders import Sender, starting
from tests.ways import add_gateway

FAULTS = ["ok", "401", "422", "429", "500", "garbage", "empty", "close", "reset"]


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    with Gateway() as running:
        yield running


@pytest.fixture
def senders() -> Iterator[Callable[..., Sender]]:
    with starting() as start:
        yield start


def goes_by(letter: Letter, gateway: str, channel: Channel) -> None:
    with letter.app.app_context(), writing() as connection:
        connection.execute(update(Message).where(Message.id == letter.id).values(via=gateway, channel=channel))


@pytest.mark.parametrize("name", ["messages", "sms", "voice"])
def test_no_code_number_or_credential_is_logged(
    senders: Callable[..., Sender], gateway: Gateway, sqlite: str, name: str,
) -> None:
    both = gateway.settings() | gateway.settings(signed=True)
    process = senders(DATABASE_URL=sqlite, PORTAL_LOG_LEVEL="DEBUG", **both | {"PORTAL_GATEWAY": "console"})
    kinds = {"messages": GatewayKind.VONAGE, "sms": GatewayKind.VONAGE_SMS, "voice": GatewayKind.VONAGE_VOICE}
    add_gateway(process.app, name, gateway, kind=kinds[name], sender="+447700900123")
    letters = []

    for number, mode in enumerate(FAULTS):
        gateway.answers(mode, retry_after="200", problem={"detail": "+49151123001"} if mode.isdigit() else {})
        letters.append(process.writes(f"+4915112300{number:03}"))
        goes_by(letters[-1], name, Channel.VOICE if name == "voice" else Channel.TEXT)
        process.posts(letters[-1])
        until(lambda: letters[-1].row.attempts and letters[-1].outcome[0] != "sending", what=f"an end in {mode}")

    said = process.said()
    assert len(gateway.accepted + gateway.calls) == 5, "each of the faults after the message was taken, and once"
    assert "message" in said
    for letter in letters:
        spoken = ", ".join(letter.code)
        assert not [secret for secret in (letter.code, spoken, letter.phone[1:], *SAID_BY_NO_LOG) if secret in said]


def test_two_processes_together_keep_to_a_gateway_s_pace(
    senders: Callable[..., Sender], gateway: Gateway, sqlite: str,
) -> None:
    environment: dict[str, Any] = {"DATABASE_URL": sqlite, **gateway.settings(), "PORTAL_GATEWAY_RATE": "5"}
    first, second = senders(**environment), senders(**environment)
    letters = [first.writes(f"+4915112300{number:03}") for number in range(20)]

    began = time.monotonic()
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda pair: (first, second)[pair[0] % 2].posts(pair[1]), enumerate(letters)))
    until(lambda: len(gateway.texts()) == 20, what="all texts to leave")

    assert time.monotonic() - began >= 3.5
    until(lambda: all(letter.outcome == ("sent", None) for letter in letters), what="all to be written down")
    assert len(gateway.texts()) == 20
