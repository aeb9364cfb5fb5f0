"""What does a slow, endless or roving outside source cost the portal?"""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from portal.models import SourceKind
from portal.sources import asking
from portal.sources.faults import Fault, SourceFault
from portal.sources.register import Source
from portal.sources.slots import Busy
from tests import outside, people
from tests.certificates import own_certificate
from tests.outside import Trip, add_source, talks
from tests.people import Later
from tests.processes import free_port, until
from tests.provider import Provider, reply

PATHS = ["/.well-known/openid-configuration", "/token", "/jwks", "/userinfo"]
later = people.later
provider, trip, nothing_rests = outside.provider, outside.trip, outside.nothing_rests


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """A talk may take half a second."""
    monkeypatch.setattr(asking, "SECONDS", 0.5)


def lacks(provider: Provider) -> None:
    """The provider must be asked for userinfo, too."""
    provider.claims = {"email": None}
    provider.userinfo = {"sub": "248289761001", "email": "li.na@example.com"}


def sleeps(request: BaseHTTPRequestHandler) -> None:
    time.sleep(2)
    reply(request, 200, {})


def drips_headers(request: BaseHTTPRequestHandler) -> None:
    request.wfile.write(b"HTTP/1.1 200 OK\r\nX-Drip: ")
    drips(request)


def drips_body(request: BaseHTTPRequestHandler) -> None:
    request.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n")
    drips(request)


def drips(request: BaseHTTPRequestHandler) -> None:
    for _ in range(20):
        request.wfile.write(b"x")
        request.wfile.flush()
        time.sleep(0.1)


def floods(request: BaseHTTPRequestHandler) -> None:
    request.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n")
    for _ in range(100):
        request.wfile.write(b" " * 100_000)


@pytest.mark.usefixtures("hurried")
@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("manner", [sleeps, drips_headers, drips_body])
def test_a_slow_answer_is_not_waited_for(trip: Trip, provider: Provider, path: str, manner: Any) -> None:
    lacks(provider)
    provider.replies[path] = manner
    begun = time.monotonic()
    assert trip.fails(provider) is Fault.TOO_SLOW
    assert time.monotonic() - begun < 1.5
    with pytest.raises(Busy):
        trip.whole(provider)
    assert time.monotonic() - begun < 1.6, "what did not answer a moment ago costs nothing"


@pytest.mark.usefixtures("hurried")
def test_a_slow_source_is_asked_again_after_a_rest(trip: Trip, provider: Provider, later: Later) -> None:
    provider.replies["/jwks"] = sleeps
    assert trip.fails(provider) is Fault.TOO_SLOW
    provider.replies.clear()
    later(11)
    provider.claims = {"iat": time.time(), "exp": time.time() + 600}
    assert trip.whole(provider).subject


@pytest.mark.parametrize("path", PATHS)
def test_an_endless_answer_is_not_read_to_its_end(trip: Trip, provider: Provider, path: str) -> None:
    lacks(provider)
    provider.replies[path] = floods
    assert trip.fails(provider) is Fault.TOO_LARGE


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed(trip: Trip, provider: Provider, path: str, status: int) -> None:
    lacks(provider)
    for to in (f"{provider.url}{path}", f"{provider.url}/elsewhere", "http://169.254.169.254/"):
        provider.replies[path] = lambda request, to=to: reply(request, status, b"moved", Location=to)  # type: ignore[misc]
        assert trip.fails(provider) is Fault.REDIRECTS
    assert "/elsewhere" not in provider.asked
    assert provider.asked.count(path) == 3


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(("body", "kind"), [
    (b"<html></html>", "text/html"), (b"{}", "text/html"), (b"{", "application/json"), (b"[]", "application/json"),
    (b"null", "application/json"), (b"[" * 100_000, "application/json"), (b"\xff\xfe", "application/json"),
    (b"", "application/json"), (b'{"a":' * 50_000, "application/json"),
])
def test_what_is_no_json_object_is_not_guessed_at(trip: Trip, provider: Provider, path: str, body: bytes, kind: str) -> None:
    lacks(provider)
    provider.replies[path] = lambda request: reply(request, 200, body, Content_Type=kind)
    assert trip.fails(provider) is Fault.UNREADABLE


@pytest.mark.parametrize(("status", "fault"), [
    (204, Fault.UNREADABLE), (404, Fault.UNREADABLE), (429, Fault.UNREADABLE), (500, Fault.UNREACHABLE), (503, Fault.UNREACHABLE),
])
@pytest.mark.parametrize("path", PATHS)
def test_another_status_is_no_answer(trip: Trip, provider: Provider, path: str, status: int, fault: Fault) -> None:
    lacks(provider)
    provider.replies[path] = lambda request: reply(request, status, b"" if status == 204 else b"no")
    assert trip.fails(provider) is fault


def test_a_packed_answer_is_not_unpacked(trip: Trip, provider: Provider) -> None:
    import gzip

    packed = gzip.compress(b" " * 50_000_000)
    provider.replies["/jwks"] = lambda request: reply(request, 200, packed, Content_Encoding="gzip")
    assert trip.fails(provider) is Fault.UNREADABLE


def test_a_source_that_is_down_is_said_at_once_and_asked_again_at_once(app: Flask) -> None:
    trip = Trip(app, add_source(app, "down", issuer=f"http://127.0.0.1:{free_port()}"))
    for _ in range(2):
        with pytest.raises(SourceFault) as raised:
            trip.goes()
        assert raised.value.reason is Fault.UNREACHABLE


def test_a_connection_that_breaks_off_is_said(trip: Trip, provider: Provider) -> None:
    provider.replies["/token"] = lambda request: request.connection.close()
    assert trip.fails(provider) is Fault.UNREACHABLE


def test_no_password_of_the_server_s_own_user_is_given_away(
    trip: Trip, provider: Provider, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login operator password secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    given: list[str | None] = []

    def describes(request: BaseHTTPRequestHandler) -> None:
        given.append(request.headers["Authorization"])
        reply(request, 200, provider.describes())

    provider.replies["/.well-known/openid-configuration"] = describes
    assert trip.whole(provider).subject
    assert given == [None]


@pytest.mark.settings(PORTAL_THREADS="4")
@pytest.mark.usefixtures("hurried")
def test_hanging_sources_never_hold_more_than_half_of_the_threads(app: Flask, provider: Provider) -> None:
    provider.replies["/.well-known/openid-configuration"] = drips_headers
    trips = [Trip(app, add_source(app, f"hangs-{number}", issuer=provider.url)) for number in range(4)]
    said: list[type[Exception]] = []

    def goes(trip: Trip) -> None:
        try:
            trip.goes()
        except (SourceFault, Busy) as error:
            said.append(type(error))

    walkers = [threading.Thread(target=goes, args=(each,)) for each in trips]
    for walker in walkers:
        walker.start()
    for walker in walkers:
        walker.join()
    assert sorted(error.__name__ for error in said) == ["Busy", "Busy", "SourceFault", "SourceFault"]
    assert len(provider.asked) == 2
    with pytest.raises(Busy):
        Trip(app, add_source(app, "next", issuer=provider.url)).goes()
    provider.replies.clear()
    until(lambda: not talks())
    assert Trip(app, add_source(app, "later", issuer=provider.url)).goes(), "each slot comes back when its talk is really over"


def test_a_certificate_of_nobody_known_is_not_taken_unless_the_settings_name_it(app: Flask, tmp_path: Path) -> None:
    with Provider(own_certificate(tmp_path / "ca.pem")) as secure, pytest.raises(SourceFault) as raised:
        Trip(app, add_source(app, "unknown", issuer=secure.url)).goes()
    assert raised.value.reason is Fault.NOT_SECURE
    with Provider(own_certificate(tmp_path / "ca.pem")) as secure:
        ca = (tmp_path / "ca.pem").read_text()
        assert Trip(app, with_setting(add_source(app, "known", issuer=secure.url), ca=ca)).whole(secure).subject
        with pytest.raises(SourceFault) as raised:
            Trip(app, with_setting(add_source(app, "odd", issuer=secure.url), ca="no certificate")).goes()
        assert raised.value.reason is Fault.SETTINGS


@pytest.mark.usefixtures("hurried")
def test_over_tls_a_dripping_talk_ends_with_its_time(app: Flask, tmp_path: Path) -> None:
    with Provider(own_certificate(tmp_path / "ca.pem")) as secure:
        secure.replies["/.well-known/openid-configuration"] = drips_headers
        source = with_setting(add_source(app, "drips", issuer=secure.url), ca=(tmp_path / "ca.pem").read_text())
        with pytest.raises(SourceFault) as raised:
            Trip(app, source).goes()
        assert raised.value.reason is Fault.TOO_SLOW
        until(lambda: not talks(), seconds=0.5, what="the slot to come back")


def with_setting(source: Source, **settings: Any) -> Source:
    return replace(source, settings=source.settings | settings)


@pytest.mark.settings(PORTAL_ENV="production", PORTAL_URL="https://login.example.com", PORTAL_GATEWAY="vonage",
                      PORTAL_HOME_COUNTRY="DE", VONAGE_API_KEY="key", VONAGE_API_SECRET="secret", PORTAL_HASH_MEMORY_KIB="65536")
def test_in_production_nothing_is_asked_without_tls(app: Flask, provider: Provider) -> None:
    source = add_source(app, "acme", issuer="https://accounts.example.com")
    for settings in ({"issuer": provider.url}, {"issuer": "http://accounts.example.com"}):
        trip = Trip(app, with_setting(source, **settings))
        with pytest.raises(SourceFault) as raised:
            trip.goes()
        assert raised.value.reason is Fault.NOT_SECURE
    github = add_source(app, "github", kind=SourceKind.OAUTH, preset="github")
    with pytest.raises(SourceFault) as raised:
        Trip(app, with_setting(github, base=provider.url)).goes()
    assert raised.value.reason is Fault.NOT_SECURE
    assert provider.asked == []
