"""What does some provider of text messages answer? A server over TLS, or without, that takes what it gets and can misbehave."""

from __future__ import annotations

import gzip
import json
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from tests.certificates import own_certificate
from tests.tls_server import Handler, TlsServer

TAKEN = json.dumps({"messages": [{"id": "m-1", "status": "ok", "code": 0}]}).encode()


@dataclass(frozen=True)
class Asked:
    """A request as it came; `body` in bytes."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Mood:
    """What the provider answers after `seconds`; `how` else it does, once the request is taken."""

    status: int = 200
    body: bytes = TAKEN
    headers: dict[str, str] = field(default_factory=dict)
    how: str = "answer"
    seconds: float = 0.0


class Provider:
    """The server and the requests that it took: all that came whole, whatever it answers."""

    def __init__(self, *, tls: bool = True) -> None:
        self.ca_file = Path(tempfile.mkdtemp(prefix="provider-")) / "ca.pem"
        self.asked: list[Asked] = []
        self.connections = 0
        self.mood = Mood()
        self._server = TlsServer(self, 0, _Handler, own_certificate(self.ca_file) if tls else None)
        self.port = self._server.port
        self.address = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}"

    def __enter__(self) -> Provider:
        self._server.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.end()

    def answers(self, status: int = 200, body: Any = TAKEN, **mood: Any) -> None:
        """From now on answer like this; `body`: bytes, or what becomes JSON."""
        self.mood = Mood(status, body if isinstance(body, bytes) else json.dumps(body).encode(), **mood)

    def settings(self, **changes: Any) -> dict[str, Any]:
        """Settings of a gateway that calls it with JSON and knows its answers."""
        return {
            "method": "POST", "address": f"{self.address}/send", "headers": [["Authorization", "Bearer {secret}"]],
            "body_type": "json", "body": '{"to": "{to}", "from": "{from}", "text": "{text}", "ref": "{id}", "ttl": {ttl}}',
            "reference": "messages.0.id", "ca": self.ca_file.read_text() if self.ca_file.exists() else "",
        } | changes


class _Handler(Handler):
    def setup(self) -> None:
        super().setup()
        self.provider: Provider = cast(TlsServer, self.server).owner
        self.provider.connections += 1

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.provider.asked.append(Asked(self.command, self.path, dict(self.headers.items()), body))
        time.sleep(self.provider.mood.seconds)
        getattr(self, f"_{self.provider.mood.how}")(self.provider.mood)

    do_PUT = do_GET = do_POST

    def _head(self, mood: Mood, **headers: str) -> None:
        self.send_response(mood.status)
        for name, value in (headers | mood.headers).items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def _answer(self, mood: Mood) -> None:
        self._head(mood, Content_Length=str(len(mood.body)))
        self.wfile.write(mood.body)

    def _chunked(self, mood: Mood) -> None:
        self._head(mood, Transfer_Encoding="chunked")
        for at in range(0, len(mood.body), 7):
            part = mood.body[at:at + 7]
            self.wfile.write(b"%x\r\n%s\r\n" % (len(part), part))
        self.wfile.write(b"0\r\n\r\n")

    def _packed(self, mood: Mood) -> None:
        packed = gzip.compress(mood.body)
        self._head(mood, Content_Length=str(len(packed)), Content_Encoding="gzip")
        self.wfile.write(packed)

    def _cut(self, mood: Mood) -> None:
        """Half of the body, then the end."""
        self._head(mood, Content_Length=str(len(mood.body)))
        self.wfile.write(mood.body[: len(mood.body) // 2])
        self.close_connection = True

    def _hang_in_body(self, mood: Mood) -> None:
        self._head(mood, Content_Length=str(len(mood.body)))
        self.wfile.write(mood.body[:5])
        time.sleep(6)

    def _endless(self, mood: Mood) -> None:
        self._head(mood, Connection="close")
        for _ in range(200):
            self.wfile.write(b" " * 10_000)

    def _odd_header(self, mood: Mood) -> None:
        self.wfile.write(b"HTTP/1.1 %d OK\r\nContent-Length: 0\r\nno header at all\r\nX: y\r\n\r\n" % mood.status)

    def _noise(self, _: Mood) -> None:
        self.wfile.write(b"\x00\x01 no HTTP at all\r\n\r\n")
        self.close_connection = True

    def _close_after(self, mood: Mood) -> None:
        self._answer(mood)
        self.close_connection = True
