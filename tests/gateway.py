"""What do Vonage's Messages, SMS and Voice APIs answer? One strict server for all three, over TLS, that can also misbehave.

In tests: `with Gateway() as gateway:` with `gateway.settings()` for the portal's environment. For a person or the bench:
`python -m tests.gateway PORT [--seconds 2]` prints the variables to set.
"""

from __future__ import annotations

import argparse
import gzip
import shlex
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from tests.certificates import application_keys, own_certificate
from tests.dialects import APPLICATION, DIALECTS, KEY, SECRET, Answer, Calls, Dialect, Messages, Sms, Text, problem
from tests.tls_server import Handler, TlsServer

__all__ = ["APPLICATION", "KEY", "SECRET", "Gateway", "Mood", "Text"]

BOMB = gzip.compress(b" " * 20_000_000, compresslevel=1)
"""An answer that is small as long as nobody unpacks it."""


@dataclass
class Mood:
    """How the gateway answers: `mode`, after `seconds`, for `numbers` only if there are any."""

    mode: str = "ok"
    seconds: float = 0.0
    retry_after: str = ""
    numbers: tuple[str, ...] = ()
    problem: dict[str, Any] = field(default_factory=dict)
    statuses: tuple[str, ...] = ()
    status: int = 307


class Gateway:
    """The server with its certificate, its credentials, the texts it accepted and the requests it refused as malformed.

    Modes: ok, 401, 402, 422, 429, 500, 503 (answers of the description, nothing accepted); and with the message accepted:
    reset, close (the connection ends without an answer), garbage, html, empty, other (an unreadable 2xx), drip (bytes
    that never end), close_after (a good answer, then the end of the connection); redirect (nothing accepted).
    Of the SMS API alone: `statuses`, one for each part of the text and then the words beside those that are not 0.

    `calls` are those of the Voice API; texts of both other APIs are in `accepted`; `asked` is whatever was well-formed, with the
    mood that it met.
    """

    def __init__(self, port: int = 0) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="gateway-"))
        self.ca_file = self.folder / "ca.pem"
        self.private_key, self.public_key = application_keys()
        self.mood = Mood()
        self.accepted: list[Text] = []
        self.calls: list[Text] = []
        self.asked: list[tuple[Text, Mood]] = []
        self.faults: list[str] = []
        self.under_way = self.most_under_way = self.connections = 0
        self.lock = threading.Lock()
        self._server = TlsServer(self, port, _Handler, own_certificate(self.ca_file))
        self.port = self._server.port

    def __enter__(self) -> Gateway:
        self._server.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.end()

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    def answers(self, mode: str, **mood: Any) -> None:
        """From now on answer like this: `gateway.answers("429", retry_after="3")`."""
        self.mood = Mood(mode=mode, **mood)

    def settings(self, *, signed: bool = False, kind: str = "vonage") -> dict[str, str]:
        """Environment variables that make a portal use this gateway of that kind, with a JWT if `signed`."""
        basic = {"VONAGE_API_KEY": KEY, "VONAGE_API_SECRET": SECRET}
        signing = {"VONAGE_APPLICATION_ID": APPLICATION, "VONAGE_PRIVATE_KEY": self.private_key}
        return {
            "PORTAL_GATEWAY": kind, "VONAGE_API_HOST": self.host, "VONAGE_REST_HOST": self.host,
            "VONAGE_CA_FILE": str(self.ca_file), "VONAGE_SENDER": "Portal", "VONAGE_TIMEOUT": "1",
            **(signing if signed else basic),
        }

    def texts(self, to: str | None = None) -> list[str]:
        """What was accepted, oldest first; `to` in E.164."""
        with self.lock:
            return [text.text for text in self.accepted if to is None or f"+{text.to}" == to]


class _Handler(Handler):
    def setup(self) -> None:
        super().setup()
        self.gateway: Gateway = cast(TlsServer, self.server).owner
        with self.gateway.lock:
            self.gateway.connections += 1

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        raw = self.rfile.read(length)
        if len(raw) < length:
            self.close_connection = True  # whoever sent it died in the middle
            return
        with self.gateway.lock:
            self.gateway.under_way += 1
            self.gateway.most_under_way = max(self.gateway.most_under_way, self.gateway.under_way)
        try:
            self._respond(raw)
        finally:
            with self.gateway.lock:
                self.gateway.under_way -= 1

    def _respond(self, raw: bytes) -> None:
        dialect = DIALECTS.get(self.path, DIALECTS[Messages.path])
        if fault := self._malformed(dialect, raw):
            with self.gateway.lock:
                self.gateway.faults.append(fault)
            return self._answer(dialect.refused(fault))
        body, mood = dialect.fields(raw), self.gateway.mood
        text = dialect.text(body, time.time())
        if mood.numbers and f"+{text.to}" not in mood.numbers:
            mood = Mood()
        with self.gateway.lock:
            self.gateway.asked.append((text, mood))
        time.sleep(mood.seconds)
        if mood.mode.isdigit():
            pause = {"Retry-After": mood.retry_after} if mood.retry_after else {}
            return self._answer(problem(int(mood.mode), mood.problem), pause)
        if mood.mode == "redirect":
            return self._answer(Answer(mood.status, b""), {"Location": f"https://{self.gateway.host}/elsewhere"})
        if mood.statuses and isinstance(dialect, Sms):
            return self._with_statuses(dialect, text, mood.statuses)
        self._accept(dialect, text)
        return getattr(self, f"_{mood.mode}")(dialect, text)  # type: ignore[no-any-return]

    def _malformed(self, dialect: Dialect, raw: bytes) -> str | None:
        """What the description does not allow, in one line; credentials first."""
        if not dialect.authorized(self.headers, self.gateway.public_key):
            return "credentials"
        if self.path != dialect.path or self.headers.get_content_type() != dialect.kind:
            return "address or content type"
        try:
            body = dialect.fields(raw)
        except ValueError:
            return "body"
        return dialect.malformed(body)

    def _accept(self, dialect: Dialect, text: Text) -> None:
        with self.gateway.lock:
            (self.gateway.calls if isinstance(dialect, Calls) else self.gateway.accepted).append(text)

    def _with_statuses(self, dialect: Sms, text: Text, statuses: tuple[str, ...]) -> None:
        if "0" in statuses:
            self._accept(dialect, text)
        self._answer(dialect.status(*statuses))

    def _answer(self, answer: Answer, headers: dict[str, str] | None = None) -> None:
        self.send_response(answer.status)
        about = {"Content-Type": answer.kind, "Content-Length": str(len(answer.body))}
        for name, value in (about | (headers or {})).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer.body)

    def _ok(self, dialect: Dialect, text: Text) -> None:
        self._answer(dialect.ok(text))

    def _garbage(self, dialect: Dialect, _text: Text) -> None:
        self._answer(Answer(dialect.well, b'{"message_uuid": '))

    def _html(self, dialect: Dialect, _text: Text) -> None:
        self._answer(Answer(dialect.well, b"<!doctype html><title>Accepted</title>", kind="text/html"))

    def _empty(self, dialect: Dialect, _text: Text) -> None:
        self._answer(Answer(dialect.well, b""))

    def _other(self, dialect: Dialect, _text: Text) -> None:
        self._answer(Answer(dialect.well, b'{"queued": [true]}'))

    def _bomb(self, dialect: Dialect, _text: Text) -> None:
        self._answer(Answer(dialect.well, BOMB), {"Content-Encoding": "gzip"})

    def _close_after(self, dialect: Dialect, text: Text) -> None:
        self._ok(dialect, text)
        self.close_connection = True


def main() -> None:
    """Serve until interrupted, and say now and then how many texts were accepted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("port", type=int)
    parser.add_argument("--kind", default="vonage")
    parser.add_argument("--mode", default="ok")
    parser.add_argument("--seconds", type=float, default=0.0, help="before each answer")
    given = parser.parse_args()
    with Gateway(given.port) as gateway:
        gateway.answers(given.mode, seconds=given.seconds)
        for name, value in gateway.settings(kind=given.kind).items():
            print(f"export {name}={shlex.quote(value)}", flush=True)
        while True:
            time.sleep(5)
            print(f"# accepted {len(gateway.accepted)}, malformed {len(gateway.faults)}", flush=True)


if __name__ == "__main__":
    main()
