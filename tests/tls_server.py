"""What do the servers have in common that stand for a gateway? TLS by the connection's own thread, and some misdeeds."""

from __future__ import annotations

import socket
import ssl
import struct
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class TlsServer(ThreadingHTTPServer):
    """Serves from a thread of its own. `owner`: for its handlers; `tls`: None to speak without."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, owner: Any, port: int, handler: type[Handler], tls: ssl.SSLContext | None) -> None:
        super().__init__(("127.0.0.1", port), handler)
        self.owner, self.tls = owner, tls
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def start(self) -> None:
        self._thread.start()

    def end(self) -> None:
        self.shutdown()
        self.server_close()

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """The handshake in the connection's own thread, so that a slow one holds nobody up."""
        try:
            request = self.tls.wrap_socket(request, server_side=True) if self.tls else request
        except OSError:
            self.shutdown_request(request)
            return
        super().process_request_thread(request, client_address)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is no news."""


class Handler(BaseHTTPRequestHandler):
    """Answers for the server's owner, and knows how to answer badly."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *_: Any) -> None:
        pass

    def _close(self, *_about: Any) -> None:
        self.close_connection = True

    def _reset(self, *_about: Any) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True

    def _drip(self, *_about: Any) -> None:
        """One byte after the other, each well within any time-out between two."""
        for byte in b"HTTP/1.1 200 OK\r\nX-Wait: " + b"." * 600:
            self.connection.sendall(bytes([byte]))
            time.sleep(0.1)
