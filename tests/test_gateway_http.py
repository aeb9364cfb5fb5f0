"""Does a gateway that an administrator has described send once, end in time, and say of every answer exactly what is certain?"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from config import Settings
from portal import addresses
from portal.messages.gateways import Carrier, Fault, OurFault, Outgoing, Receipt, Refused, RetryLater, Unknown, make
from portal.messages.routing.register import Gateway
from portal.models import GatewayKind
from tests.certificates import own_certificate
from tests.conftest import settings
from tests.http_provider import Provider
from tests.processes import free_port

TEXT = '482913 is your "Käse & Brot" code.\n@login.example.com #482913'
MESSAGE = Outgoing(id=17, to="+4915112345678", text=TEXT, lifetime=290, sender="Portal")
SECRET = "secret:of-the&tests"
FORM_TYPE = "application/x-www-form-urlencoded; charset=utf-8"
FORM = {"body_type": "form", "body": "to={to_digits}&text={text}\nref={id}",
        "headers": [["Authorization", "Basic {secret_base64}"], ["content-type", FORM_TYPE]]}
IN_PRODUCTION = {
    "PORTAL_ENV": "production", "PORTAL_URL": "https://login.example.com", "PORTAL_GATEWAY": "console",
    "PORTAL_HOME_COUNTRY": "DE", "PORTAL_HASH_MEMORY_KIB": "65536", "PORTAL_HASH_PASSES": "3",
}
WITH_SUCCESS = {"success": {"path": "messages.0.status", "values": ["ok", "queued"]}}


@pytest.fixture
def provider() -> Iterator[Provider]:
    with Provider() as running:
        yield running


def gateway_of(described: dict[str, Any]) -> Gateway:
    return Gateway(id=1, kind=GatewayKind.HTTP, name="acme", title="Acme", enabled=True, position=1, per_second=30,
                   sender="Portal", version=1, settings=described)


def made(described: dict[str, Any], **environment: str) -> Carrier:
    chosen: Settings = settings(**{"VONAGE_TIMEOUT": "1", "PORTAL_GATEWAY_SECRETS": f"acme={SECRET}"} | environment)
    return make(gateway_of(described), chosen)


def send(described: dict[str, Any], message: Outgoing = MESSAGE, **environment: str) -> Receipt | Fault:
    """What came of handing one message over: the receipt or the fault."""
    try:
        return made(described, **environment).send(message)
    except Fault as fault:
        return fault


def said(outcome: Receipt | Fault) -> tuple[type[Any], str | None]:
    return type(outcome), str(outcome) if isinstance(outcome, Fault) else outcome.reference


def test_a_text_arrives_as_json(provider: Provider) -> None:
    assert said(send(provider.settings())) == (Receipt, "m-1")

    [asked] = provider.asked
    assert (asked.method, asked.path) == ("POST", "/send")
    assert json.loads(asked.body) == {"to": "+4915112345678", "from": "Portal", "text": TEXT, "ref": "17", "ttl": 290}
    assert asked.headers["Authorization"] == f"Bearer {SECRET}"
    assert asked.headers["Content-Type"] == "application/json"


def test_a_text_arrives_as_a_form(provider: Provider) -> None:
    assert said(send(provider.settings(**FORM, method="PUT"))) == (Receipt, "m-1")

    [asked] = provider.asked
    assert parse_qs(asked.body.decode()) == {"to": ["4915112345678"], "text": [TEXT], "ref": ["17"]}
    assert asked.headers["Authorization"] == "Basic c2VjcmV0Om9mLXRoZSZ0ZXN0cw=="
    assert [value for name, value in asked.headers.items() if name.lower() == "content-type"] == [FORM_TYPE]


def test_a_text_arrives_in_the_address(provider: Provider) -> None:
    described = provider.settings(method="GET", body_type="none", body="", headers=[],
                                  address=f"{provider.address}/a/{{to}}?key={{secret}}&text={{text}}&fixed=a%20b")

    assert said(send(described)) == (Receipt, "m-1")

    [asked] = provider.asked
    parts = urlsplit(asked.path)
    assert parts.path == "/a/%2B4915112345678"
    assert parse_qs(parts.query) == {"key": [SECRET], "text": [TEXT], "fixed": ["a b"]}
    assert asked.body == b""


@pytest.mark.parametrize(("kind", "body", "expected"), [
    ("xml", "<sms to='{to}'>{text}</sms>",
     "<sms to='+4915112345678'>482913 is your &quot;Käse &amp; Brot&quot; code.&#10;@login.example.com #482913</sms>"),
    ("text", "to={to_digits}\n\n{text}", f"to=4915112345678\n\n{TEXT}"),
])
def test_a_text_arrives_as_xml_or_plainly(provider: Provider, kind: str, body: str, expected: str) -> None:
    assert isinstance(send(provider.settings(body_type=kind, body=body)), Receipt)
    assert provider.asked[0].body.decode() == expected


@pytest.mark.parametrize(("status", "kind", "reason"), [
    (400, OurFault, "status 400"), (401, OurFault, "credentials"), (402, OurFault, "credit"), (403, OurFault, "credentials"),
    (404, OurFault, "status 404"), (408, Unknown, "status 408"), (422, OurFault, "status 422"), (429, RetryLater, "throttled"),
    (301, OurFault, "redirect"), (302, Unknown, "redirect"), (303, Unknown, "redirect"), (307, OurFault, "redirect"),
    (308, OurFault, "redirect"), (500, Unknown, "status 500"), (502, Unknown, "status 502"), (503, Unknown, "status 503"),
])
def test_an_answer_that_is_no_success_is_sorted(provider: Provider, status: int, kind: type[Fault], reason: str) -> None:
    provider.answers(status, {"error": "x"}, headers={"Location": f"{provider.address}/elsewhere"})

    assert said(send(provider.settings())) == (kind, reason)
    assert len(provider.asked) == 1


@pytest.mark.parametrize(("value", "delay"), [("7", 7.0), ("", None), ("soon", None), ("-1", None)])
def test_throttling_names_the_pause_if_the_provider_does(provider: Provider, value: str, delay: float | None) -> None:
    provider.answers(429, {}, headers={"Retry-After": value})

    fault = send(provider.settings())

    assert isinstance(fault, RetryLater)
    assert fault.delay == delay


@pytest.mark.parametrize(("statuses", "status", "kind"), [
    ("200, 202", 202, Receipt), ("202", 200, Unknown), ("200-399", 302, Receipt), ("", 299, Receipt), ("200", 401, OurFault)])
def test_success_has_the_statuses_that_are_said(provider: Provider, statuses: str, status: int, kind: type) -> None:
    provider.answers(status)

    assert type(send(provider.settings(statuses=statuses))) is kind


@pytest.mark.parametrize(("described", "body", "expected"), [
    (WITH_SUCCESS, {"messages": [{"id": 9, "status": "queued"}]}, (Receipt, "9")),
    (WITH_SUCCESS, {"messages": [{"status": "error"}]}, (Unknown, "no success")),
    (WITH_SUCCESS, {"messages": []}, (Unknown, "no success")),
    (WITH_SUCCESS, ["ok"], (Unknown, "no success")),
    (WITH_SUCCESS, b"<html>ok</html>", (Unknown, "no readable answer")),
    (WITH_SUCCESS, b"", (Unknown, "no readable answer")),
    (WITH_SUCCESS, b"[" * 50_000, (Unknown, "no readable answer")),
    ({"success": {"path": "ok", "values": ["true"]}}, {"ok": True}, (Receipt, None)),
    ({"success": {"path": "ok", "values": ["true"]}}, {"ok": "false"}, (Unknown, "no success")),
    ({"success": {"path": "id"}}, {"id": 7}, (Receipt, None)),
    ({"success": {"path": "id"}}, {"id": None}, (Unknown, "no success")),
    ({"success": {"values": ["OK", "QUEUED"]}}, b"QUEUED: 17", (Receipt, None)),
    ({"success": {"values": ["OK"]}}, b"ERR", (Unknown, "no success")),
    ({"reference": "id"}, {"id": "x" * 300}, (Receipt, "x" * 100)),
    ({"reference": "id"}, {"id": {"a": 1}}, (Receipt, None)),
    ({"reference": "id"}, {"id": "a\u0000b"}, (Receipt, None)),
    ({"reference": "id"}, b"no json", (Receipt, None)),
    ({"failed": {"path": "status", "values": ["error"]}}, {"status": "error"}, (OurFault, "not sent")),
    ({"failed": {"path": "status", "values": ["error"]}}, b"error", (Unknown, "no readable answer")),
    ({"refused": {"path": "code", "values": ["21211", "21614"]}}, {"code": 21614}, (Refused, "number")),
    ({"refused": {"values": ["invalid number"]}}, b"ERR: invalid number", (Refused, "number")),
])
def test_what_an_answer_of_success_says_is_read(
    provider: Provider, described: dict[str, Any], body: Any, expected: tuple[type, str | None],
) -> None:
    provider.answers(200, body)

    assert said(send(provider.settings(**described))) == expected
    assert len(provider.asked) == 1


@pytest.mark.parametrize(("status", "kind"), [(200, Refused), (400, Refused), (500, Unknown)])
def test_a_number_is_blamed_whatever_the_status_unless_the_server_is_at_fault(
    provider: Provider, status: int, kind: type[Fault],
) -> None:
    provider.answers(status, {"code": "bad"})

    assert type(send(provider.settings(refused={"path": "code", "values": ["bad"]}))) is kind


@pytest.mark.parametrize("how", ["close", "reset", "noise", "drip"])
@pytest.mark.parametrize("tls", [True, False], ids=["TLS", "plain"])
def test_a_text_without_an_answer_is_unknown_not_repeated_and_over_in_time(tls: bool, how: str) -> None:
    with Provider(tls=tls) as provider:
        provider.answers(how=how)

        began = time.monotonic()
        outcome = send(provider.settings())

        assert isinstance(outcome, Unknown), outcome
        assert len(provider.asked) == 1
        assert time.monotonic() - began < 2.5


@pytest.mark.parametrize("tls", [True, False], ids=["TLS", "plain"])
def test_a_provider_that_does_not_answer_ends_as_unknown(tls: bool) -> None:
    with Provider(tls=tls) as provider:
        provider.answers(seconds=3)

        assert said(send(provider.settings())) == (Unknown, "time-out")
        assert len(provider.asked) == 1


@pytest.mark.parametrize("how", ["cut", "hang_in_body", "endless", "packed"])
@pytest.mark.parametrize(("described", "kind"), [(WITH_SUCCESS, Unknown), ({}, Receipt)], ids=["body needed", "status alone"])
def test_a_body_that_cannot_be_read_matters_where_success_hangs_on_it(
    provider: Provider, how: str, described: dict[str, Any], kind: type,
) -> None:
    provider.answers(how=how)

    began = time.monotonic()
    outcome = send(provider.settings(**described))

    assert type(outcome) is kind
    assert len(provider.asked) == 1
    assert time.monotonic() - began < 2.5


def test_a_body_in_chunks_is_read(provider: Provider) -> None:
    provider.answers(how="chunked")

    assert said(send(provider.settings(**WITH_SUCCESS))) == (Receipt, "m-1")


@pytest.mark.parametrize("scheme", ["https", "http"])
def test_a_refused_connection_is_tried_later(provider: Provider, scheme: str) -> None:
    outcome = send(provider.settings(address=f"{scheme}://127.0.0.1:{free_port()}/"))

    assert said(outcome) == (RetryLater, "unreachable")


def test_a_host_without_address_is_tried_later(provider: Provider) -> None:
    assert said(send(provider.settings(address="https://no-such-host.invalid/"))) == (RetryLater, "unreachable")


def test_only_the_certificates_of_the_gateway_are_trusted(
    provider: Provider, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:
    own_certificate(other := tmp_path / "other.pem")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(provider.ca_file))

    assert said(send(provider.settings(ca=other.read_text()))) == (OurFault, "certificate")
    assert said(send(provider.settings(ca=""))) == (OurFault, "certificate")
    assert provider.asked == []


def test_neither_a_netrc_file_nor_a_cookie_adds_anything(
    provider: Provider, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / "netrc").write_text("default login somebody password else\n")
    (tmp_path / "netrc").chmod(0o600)
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    provider.answers(headers={"Set-Cookie": "a=b; Path=/"})

    carrier = made(provider.settings(headers=[]))
    carrier.send(MESSAGE)
    carrier.send(MESSAGE)

    assert provider.connections == 1
    assert not [name for asked in provider.asked for name in asked.headers if name.lower() in ("authorization", "cookie")]


def test_a_connection_that_the_provider_closed_while_idle_is_not_used(provider: Provider) -> None:
    provider.answers(how="close_after")
    carrier = made(provider.settings())

    carrier.send(MESSAGE)
    time.sleep(0.1)
    carrier.send(MESSAGE)

    assert (provider.connections, len(provider.asked)) == (2, 2)


@pytest.mark.parametrize("how", ["close", "reset"])
def test_a_connection_that_ends_under_a_text_is_not_replaced_by_another(provider: Provider, how: str) -> None:
    carrier = made(provider.settings())
    carrier.send(MESSAGE)
    provider.answers(how=how)

    with pytest.raises(Unknown):
        carrier.send(MESSAGE)

    assert (provider.connections, len(provider.asked)) == (1, 2)


def test_a_proxy_is_asked_for_https_and_never_for_this_machine(provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    nowhere = f"http://127.0.0.1:{free_port()}"
    for variable in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(variable, nowhere)
    monkeypatch.setenv("NO_PROXY", "")
    monkeypatch.setenv("no_proxy", "")

    assert said(send(provider.settings())) == (RetryLater, "unreachable")
    with Provider(tls=False) as plain:
        assert isinstance(send(plain.settings()), Receipt)


@pytest.mark.parametrize("address", [
    "http://api.example.com/", "https://169.254.169.254/latest/meta-data", "https://[fe80::1]/", "https://[::ffff:169.254.169.254]/",
    "https://[64:ff9b::a9fe:a9fe]/", "https://[2002:a9fe:a9fe::]/", "https://[fe80::1%25eth0]/",
    "https://100.100.100.200/", "https://[fd00:ec2::254]/", "https://user:password@example.com/", "https://{to}.example.com/",
    "ftp://example.com/", "https://", "file:///etc/passwd", "https://0.0.0.0/", "https://example.com/#x", "https://exa mple.com/",
])
def test_some_addresses_are_never_called(provider: Provider, address: str) -> None:
    assert said(send(provider.settings(address=address))) == (OurFault, "settings")


@pytest.mark.parametrize("host", ["2852039166", "0xa9fea9fe", "metadata.example.com"])
def test_no_name_leads_into_the_machines_surroundings(
    provider: Provider, host: str, monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The name is asked for once, by whoever connects; where it led is looked at before a byte is written."""
    import socket

    there = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", provider.port))
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: [there])
    monkeypatch.setattr(addresses, "is_of_surroundings", lambda seen: seen == "127.0.0.1")

    assert said(send(provider.settings(address=f"https://{host}:{provider.port}/"))) == (OurFault, "address")
    assert provider.asked == []


def test_http_without_tls_is_refused_in_production() -> None:
    with Provider(tls=False) as provider:
        assert said(send(provider.settings(), MESSAGE, **IN_PRODUCTION)) == (OurFault, "settings")
        assert provider.asked == []


def test_a_secret_that_is_named_must_be_there(provider: Provider) -> None:
    assert said(send(provider.settings(), PORTAL_GATEWAY_SECRETS="other=x")) == (OurFault, "credentials")
    assert isinstance(send(provider.settings(headers=[]), PORTAL_GATEWAY_SECRETS="other=x"), Receipt)


@pytest.mark.parametrize("secret", ["a\r\nX-Evil: 1", "a\nb", "schlüssel", "a\x00b"])
def test_a_secret_never_ends_its_header(provider: Provider, secret: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.messages.routing.credentials.of", lambda *_: {"secret": secret})

    assert said(send(provider.settings())) == (OurFault, "request")
    assert provider.asked == []


@pytest.mark.parametrize("how", ["answer", "reset", "noise", "close", "odd_header"])
@pytest.mark.parametrize("described", [{}, {"address": "{}/a?key={{secret}}&to={{to}}&text={{text}}"}], ids=["body", "address"])
def test_neither_code_nor_number_nor_secret_is_logged(
    provider: Provider, how: str, described: dict[str, str], caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    provider.answers(400, TEXT.encode() + MESSAGE.to.encode(), how=how)
    changes = {name: value.format(provider.address) for name, value in described.items()}

    outcome = send(provider.settings(**changes))

    found = caplog.text + repr(outcome) + repr(getattr(outcome, "__context__", "")) + repr(getattr(outcome, "__cause__", ""))
    for word in ("482913", "4915112345678", "of-the", "c2VjcmV0"):
        assert word not in found
