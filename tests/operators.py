"""What does the operator's own program hear? A server that takes webhooks, and that can refuse, redirect or say nothing."""

from __future__ import annotations

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Pager:
    """The server; `status` is its answer, after `seconds`. `heard` is what was posted to it, `paths` where."""

    def __init__(self) -> None:
        self.status, self.seconds, self.location = 200, 0.0, ""
        self.heard: list[dict[str, Any]] = []
        self.paths: list[str] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    def __enter__(self) -> Pager:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/pager?key=secret-of-the-pager"

    def states(self) -> list[list[str]]:
        """Of each telling, how its alarms stood."""
        return [[alarm["state"] for alarm in told["alarms"]] for told in self.heard]


def _handler(pager: Pager) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            pager.paths.append(self.path)
            pager.heard.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            time.sleep(pager.seconds)
            self.send_response(pager.status)
            if pager.location:
                self.send_header("Location", pager.location)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Nothing on the tests' own output."""

    return Handler
