"""Does the operator's log tell what happened, request by request, and never a secret, a code or a whole number?"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask.sessions import SecureCookieSessionInterface

from tests.conftest import PASSWORD
from tests.gateway import SECRET, Gateway
from tests.people import is_home, unlike
from tests.processes import until
from tests.servers import CHEAP, Portal, Redis
from tests.town import ROOMY, Town, town_of

MISTYPED = "hunter2-and-something-else"


@pytest.fixture(scope="module")
def gateway() -> Iterator[Gateway]:
    with Gateway() as running:
        yield running


@pytest.fixture(scope="module")
def walked(gateway: Gateway) -> Iterator[tuple[Town, set[str]]]:
    """A portal at its most talkative after two people have come in, and what must have stayed secret."""
    redis = Redis()
    redis.start()
    talkative = {"PORTAL_LOG_LEVEL": "DEBUG", "REDIS_URL": redis.url, "PORTAL_RESEND_PAUSE": "1"}
    with town_of(**talkative, **ROOMY, **gateway.settings()) as town:
        yield town, whole_way(town, gateway)
    redis.end()


def code_in(gateway: Gateway, phone: str, nth: int) -> str:
    until(lambda: len(gateway.texts(phone)) >= nth, what=f"text {nth}")
    return gateway.texts(phone)[nth - 1].rpartition("#")[2]


def whole_way(town: Town, gateway: Gateway) -> set[str]:
    """Two people come in, one with wrong passwords and codes and a new text, one binding a number; what must stay secret."""
    (username, phone), (newcomer, number) = town.person(), town.person(phone=False)
    visitor = town.visitor().logs_in(username, MISTYPED)
    cookies = [visitor.cookies["portal"].value]
    visitor.fills(identifier=username, password=PASSWORD).submits()
    cookies.append(visitor.cookies["portal"].value)
    code = code_in(gateway, phone, 1)
    visitor.fills(code=unlike(code)).submits().posts("/login/code/resend")
    assert is_home(visitor.opens("/login/code").fills(code=code).submits(), username)
    cookies.append(visitor.cookies["portal"].value)
    other = town.visitor().logs_in(newcomer, PASSWORD).fills(country="DE", phone=number).submits()
    bound = code_in(gateway, number, 1)
    assert is_home(other.fills(code=bound).submits(), newcomer)
    other.submits("Log out")
    numbers = {phone, phone[1:], phone[3:], number[3:]}
    return {MISTYPED, PASSWORD, code, unlike(code), bound, *numbers, *cookies, *_tokens(town, cookies)}


def _tokens(town: Town, cookies: list[str]) -> set[str]:
    serializer: Any = SecureCookieSessionInterface().get_signing_serializer(town.app)
    return {value for cookie in cookies for value in serializer.loads(cookie).values()}


def test_at_the_most_talkative_level_no_secret_is_logged(walked: tuple[Town, set[str]]) -> None:
    town, secrets = walked

    log = town.portal.said()

    assert not [secret for secret in secrets if secret in log]
    assert not [secret for secret in (SECRET, CHEAP["PORTAL_SECRET"], "argon2id") if secret in log]
    assert not re.findall(r"\+49151\d{6,}", log)


@pytest.mark.parametrize("table", ["audit_entry", "message", "sign_in", "allowance"])
def test_the_tables_hold_no_password_code_or_token(walked: tuple[Town, set[str]], table: str) -> None:
    town, secrets = walked
    numbers = ("49151", "151")

    written = "\n".join(str(tuple(row)) for row in town.rows(f"SELECT * FROM {table}"))

    assert written
    assert not [secret for secret in secrets if secret in written and not secret.lstrip("+").startswith(numbers)]


def test_in_production_each_line_is_json_and_names_its_request(portals: Callable[..., Portal], gateway: Gateway) -> None:
    town = Town(portals(
        PORTAL_ENV="production", PORTAL_URL="https://login.example.com", PORTAL_HOSTS="127.0.0.1", PORTAL_HOME_COUNTRY="DE",
        PORTAL_HASH_MEMORY_KIB="38912", PORTAL_LOG_LEVEL="DEBUG", **gateway.settings(signed=True)))
    username, phone = town.person()
    earlier = len(gateway.texts(phone))
    visitor = town.at_code_page(username)
    code = code_in(gateway, phone, earlier + 1)
    visitor.posts("/login/cancel")
    visitor.posts("/login", csrf_token="nonsense", identifier="+49 151 12345678", password=PASSWORD)
    assert visitor.status == 400
    reference = visitor.answer.header("x-request-id")

    lines = [json.loads(line) for line in town.portal.said().splitlines() if line.startswith("{")]

    [line] = [line for line in lines if line.get("request") == reference and "refused" in line["message"]]
    assert (line["level"], line["logger"]) == ("INFO", "portal.web.errors")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", line["at"])
    assert not [secret for secret in ("12345678", code, phone, "Bearer", "PRIVATE KEY") if secret in town.portal.said()]
    town.closes()


def test_every_step_stands_in_the_audit_log_with_its_request_and_no_secret(walked: tuple[Town, set[str]]) -> None:
    town, secrets = walked

    entries = town.rows("SELECT * FROM audit_entry WHERE event <> 'user created' ORDER BY id")

    steps = {(entry.event, entry.outcome) for entry in entries}
    assert steps >= {
        ("first factor refused", "refused"), ("first factor passed", "ok"), ("code sent", "ok"), ("code refused", "wrong"),
        ("code accepted", "ok"), ("phone bound", "ok"), ("sign-in ended", "logged out"), ("message", "sent"),
    }
    for entry in entries:
        assert entry.event == "message" or (entry.address == "127.0.0.1" and entry.agent == "Firefox" and entry.request_id)
        assert not [secret for secret in secrets if secret in str(entry.detail)]
