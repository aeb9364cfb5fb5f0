"""What if the gateway takes its time? A local server that speaks the wire format of Vonage's Messages API over TLS."""

import json
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, cast

from tests.certificates import own_certificate


@dataclass
class Gateway:
    """Takes every message, answers after `delay` seconds, and remembers the texts and how many waited at once.

    `taken`: when each came, and the portal's own number of it.
    """

    delay: float = 0.0
    under_way: int = 0
    most_under_way: int = 0
    texts: dict[str, str] = field(default_factory=dict)
    taken: list[tuple[float, int]] = field(default_factory=list)
    changed: threading.Condition = field(default_factory=threading.Condition)

    def take(self, message: dict[str, Any]) -> None:
        """Hold one message as long as this gateway takes."""
        with self.changed:
            self.texts[str(message["to"]).lstrip("+")] = str(message["text"])
            self.taken.append((time.monotonic(), int(message.get("client_ref", 0))))
            self.under_way += 1
            self.most_under_way = max(self.most_under_way, self.under_way)
            self.changed.notify_all()
        time.sleep(self.delay)
        with self.changed:
            self.under_way -= 1

    def code_for(self, phone: str, *, patience: float) -> str:
        """Return the code for a number (E.164) as soon as it is here; raise LookupError after `patience` seconds."""
        number = phone.lstrip("+")
        with self.changed:
            if not self.changed.wait_for(lambda: number in self.texts, patience):
                raise LookupError(f"no text for {phone}")
            return _code(self.texts.pop(number))


class _Server(ThreadingHTTPServer):
    """Each connection in a thread of its own, its TLS handshake included."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, gateway: Gateway, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), _Messages)
        self.gateway = gateway
        context = own_certificate(folder / "gateway.pem")
        self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: a portal that is stopped drops its connections."""


class _Messages(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        """Answer POST /v1/messages with 202 and a message id."""
        message = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        cast(_Server, self.server).gateway.take(message)
        body = json.dumps({"message_uuid": str(uuid.uuid4())}).encode()
        self.send_response(202)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""


@contextmanager
def gateway(folder: Path) -> Iterator[tuple[Gateway, dict[str, str]]]:
    """Run a gateway; with it come the portal's settings that lead there."""
    taking = Gateway()
    with _Server(taking, folder) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield taking, _settings(server.server_port, folder)
        finally:
            server.shutdown()


def _code(text: str) -> str:
    """Return the code of a text from its origin-bound last line, `@host #code`."""
    return text.rpartition("#")[2].strip()


def _settings(port: int, folder: Path) -> dict[str, str]:
    access = {"VONAGE_API_KEY": "bench", "VONAGE_API_SECRET": "bench-secret"}
    place = {"VONAGE_API_HOST": f"127.0.0.1:{port}", "VONAGE_CA_FILE": str(folder / "gateway.pem")}
    return {"PORTAL_GATEWAY": "vonage", **access, **place}
