"""What does Vonage's Messages API answer? A strict server for the SMS part of it, over TLS, that can also misbehave.

In tests: `with Gateway() as gateway:` with `gateway.settings()` for the portal's environment. For a person or the bench:
`python -m tests.gateway PORT [--seconds 2]` prints the variables to set.
"""

from __future__ import annotations

import argparse
import base64
import json
import re
import shlex
import socket
import ssl
import struct
import tempfile
import threading
import time
import uuid
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import jwt

from tests.certificates import application_keys, own_certificate

KEY, SECRET, APPLICATION = "abcd1234", "secret-of-the-tests", "aaaaaaaa-bbbb-cccc-dddd-0123456789ab"
PROBLEMS = {
    401: ("https://developer.vonage.com/api-errors/#unathorized", "You did not provide correct credentials."),
    402: ("https://developer.vonage.com/api-errors/#low-balance", "Low balance"),
    422: ("https://developer.vonage.com/api-errors/messages#1130", "Invalid recipient"),
    429: ("https://developer.vonage.com/api-errors/messages#1000", "Rate Limit Hit"),
    500: ("https://developer.vonage.com/api-errors/messages#1000", "Internal error"),
    503: ("https://developer.vonage.com/api-errors/messages#1000", "Unavailable"),
}
FIELDS = {"channel", "message_type", "to", "from", "text", "ttl", "client_ref", "webhook_url", "webhook_version", "sms"}


@dataclass(frozen=True)
class Text:
    """A message as the gateway accepted it; `to` as it came, without plus sign."""

    to: str
    sender: str
    text: str
    client_ref: str | None
    ttl: int | None
    at: float


@dataclass
class Mood:
    """How the gateway answers: `mode`, after `seconds`, for `numbers` only if there are any."""

    mode: str = "ok"
    seconds: float = 0.0
    retry_after: str = ""
    numbers: tuple[str, ...] = ()
    problem: dict[str, Any] = field(default_factory=dict)


class Gateway:
    """The server with its certificate, its credentials, the texts it accepted and the requests it refused as malformed.

    Modes: ok, 401, 402, 422, 429, 500, 503 (answers of the description, nothing accepted); and with the message accepted:
    reset, close (the connection ends without an answer), garbage, html, empty, other (an unreadable 202), drip (bytes
    that never end), close_after (a good answer, then the end of the connection); redirect (nothing accepted).
    """

    def __init__(self, port: int = 0) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="gateway-"))
        self.ca_file = self.folder / "ca.pem"
        self.private_key, self.public_key = application_keys()
        self.mood = Mood()
        self.accepted: list[Text] = []
        self.faults: list[str] = []
        self.under_way = self.most_under_way = self.connections = 0
        self.lock = threading.Lock()
        self._server = _Server(("127.0.0.1", port), _Handler)
        self._server.gateway = self
        self._server.tls = own_certificate(self.ca_file)
        self.port = int(self._server.server_address[1])
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    def __enter__(self) -> Gateway:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answers(self, mode: str, **mood: Any) -> None:
        """From now on answer like this: `gateway.answers("429", retry_after="3")`."""
        self.mood = Mood(mode=mode, **mood)

    def settings(self, *, signed: bool = False) -> dict[str, str]:
        """Environment variables that make a portal use this gateway, with a JWT if `signed`."""
        basic = {"VONAGE_API_KEY": KEY, "VONAGE_API_SECRET": SECRET}
        signing = {"VONAGE_APPLICATION_ID": APPLICATION, "VONAGE_PRIVATE_KEY": self.private_key}
        return {
            "PORTAL_GATEWAY": "vonage", "VONAGE_API_HOST": f"127.0.0.1:{self.port}", "VONAGE_CA_FILE": str(self.ca_file),
            "VONAGE_SENDER": "Portal", "VONAGE_TIMEOUT": "1", **(signing if signed else basic),
        }

    def texts(self, to: str | None = None) -> list[str]:
        """What was accepted, oldest first; `to` in E.164."""
        with self.lock:
            return [text.text for text in self.accepted if to is None or f"+{text.to}" == to]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256
    gateway: Gateway
    tls: ssl.SSLContext

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """The handshake in the connection's own thread, so that a slow one holds nobody up."""
        try:
            request = self.tls.wrap_socket(request, server_side=True)
        except OSError:
            self.shutdown_request(request)
            return
        super().process_request_thread(request, client_address)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is no news."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def setup(self) -> None:
        super().setup()
        self.gateway: Gateway = self.server.gateway  # type: ignore[attr-defined]
        with self.gateway.lock:
            self.gateway.connections += 1

    def log_message(self, *_: Any) -> None:
        pass

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        with self.gateway.lock:
            self.gateway.under_way += 1
            self.gateway.most_under_way = max(self.gateway.most_under_way, self.gateway.under_way)
        try:
            self._respond(raw)
        finally:
            with self.gateway.lock:
                self.gateway.under_way -= 1

    def _respond(self, raw: bytes) -> None:
        if fault := self._malformed(raw):
            with self.gateway.lock:
                self.gateway.faults.append(fault)
            return self._problem(401 if fault.startswith("credentials") else 422, {"type": "#1150", "title": fault})
        body, mood = json.loads(raw), self.gateway.mood
        if mood.numbers and f"+{body['to']}" not in mood.numbers:
            mood = Mood()
        time.sleep(mood.seconds)
        if mood.mode.isdigit():
            return self._problem(int(mood.mode), mood.problem, retry_after=mood.retry_after)
        if mood.mode == "redirect":
            return self._answer(302, b"", {"Location": f"https://127.0.0.1:{self.gateway.port}/elsewhere"})
        self._accept(body)
        return getattr(self, f"_{mood.mode}")()  # type: ignore[no-any-return]

    def _malformed(self, raw: bytes) -> str | None:
        """What the description does not allow, in one line; credentials first."""
        if not self._authorized():
            return "credentials"
        if self.path != "/v1/messages" or self.headers.get_content_type() != "application/json":
            return "address or content type"
        try:
            body = json.loads(raw)
        except ValueError:
            return "json"
        return _malformed_body(body)

    def _authorized(self) -> bool:
        scheme, _, given = self.headers.get("Authorization", "").partition(" ")
        if scheme == "Basic":
            return base64.b64decode(given).decode() == f"{KEY}:{SECRET}"
        try:
            claims = jwt.decode(given, self.gateway.public_key, algorithms=["RS256"], options={"require": ["iat", "jti", "exp"]})
        except jwt.PyJWTError:
            return False
        return scheme == "Bearer" and claims.get("application_id") == APPLICATION

    def _accept(self, body: dict[str, Any]) -> None:
        text = Text(body["to"], body["from"], body["text"], body.get("client_ref"), body.get("ttl"), time.time())
        with self.gateway.lock:
            self.gateway.accepted.append(text)

    def _problem(self, status: int, problem: dict[str, Any], *, retry_after: str = "") -> None:
        kind, title = PROBLEMS.get(status, ("", "Problem"))
        body = {"type": kind, "title": title, "detail": title, "instance": uuid.uuid4().hex} | problem
        self._answer(status, json.dumps(body).encode(), {"Retry-After": retry_after} if retry_after else {})

    def _answer(self, status: int, body: bytes, headers: dict[str, str] | None = None, *, kind: str = "application/json") -> None:
        self.send_response(status)
        for name, value in ({"Content-Type": kind, "Content-Length": str(len(body))} | (headers or {})).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _ok(self) -> None:
        self._answer(202, json.dumps({"message_uuid": str(uuid.uuid4())}).encode())

    def _garbage(self) -> None:
        self._answer(202, b'{"message_uuid": ')

    def _html(self) -> None:
        self._answer(202, b"<!doctype html><title>Accepted</title>", kind="text/html")

    def _empty(self) -> None:
        self._answer(202, b"")

    def _other(self) -> None:
        self._answer(202, b'{"queued": [true]}')

    def _close_after(self) -> None:
        self._ok()
        self.close_connection = True

    def _close(self) -> None:
        self.close_connection = True

    def _reset(self) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True

    def _drip(self) -> None:
        """One byte after the other, each well within any time-out between two."""
        for byte in b"HTTP/1.1 202 Accepted\r\nX-Wait: " + b"." * 600:
            self.connection.sendall(bytes([byte]))
            time.sleep(0.1)


def _malformed_body(body: Any) -> str | None:
    if not isinstance(body, dict) or set(body) - FIELDS:
        return "unknown fields"
    if (body.get("channel"), body.get("message_type")) != ("sms", "text"):
        return "channel or type"
    if not re.fullmatch(r"[1-9][0-9]{6,14}", str(body.get("to"))):
        return "to"
    if not re.fullmatch(r"[0-9]{5,15}|[A-Za-z0-9 ]{1,11}", str(body.get("from"))):
        return "from"
    if not isinstance(body.get("text"), str) or not 1 <= len(body["text"]) <= 1_000:
        return "text"
    if "ttl" in body and not (type(body["ttl"]) is int and 20 <= body["ttl"] <= 604_800):
        return "ttl"
    return None if len(str(body.get("client_ref", ""))) <= 40 else "client_ref"


def main() -> None:
    """Serve until interrupted, and say now and then how many texts were accepted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("port", type=int)
    parser.add_argument("--mode", default="ok")
    parser.add_argument("--seconds", type=float, default=0.0, help="before each answer")
    given = parser.parse_args()
    with Gateway(given.port) as gateway:
        gateway.answers(given.mode, seconds=given.seconds)
        for name, value in gateway.settings().items():
            print(f"export {name}={shlex.quote(value)}", flush=True)
        while True:
            time.sleep(5)
            print(f"# accepted {len(gateway.accepted)}, malformed {len(gateway.faults)}", flush=True)


if __name__ == "__main__":
    main()
