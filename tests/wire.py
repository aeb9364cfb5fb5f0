"""What lies between the portal and a server of another machine? A TCP relay on a port of its own, which can be down."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress

from tests.processes import free_port


class Wire:
    """Relays connections to a loopback port while it is up; while it is down its own port refuses them."""

    def __init__(self, port: int) -> None:
        self.port, self.target = free_port(), port
        self.listener: socket.socket | None = None
        self.ends: list[socket.socket] = []

    def up(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._accept, args=(self.listener,), daemon=True).start()

    def down(self) -> None:
        """Refuse connections from now on, and cut those that are open."""
        for each in ([self.listener] if self.listener else []) + self.ends:
            # A close alone would leave threads waiting at the other side of it, and the port open.
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()
        self.listener, self.ends = None, []

    def _accept(self, listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                near = listener.accept()[0]
                far = socket.create_connection(("127.0.0.1", self.target))
                self.ends += [near, far]
                for ends in ((near, far), (far, near)):
                    threading.Thread(target=_relay, args=ends, daemon=True).start()


def _relay(come: socket.socket, go: socket.socket) -> None:
    with suppress(OSError):
        while data := come.recv(65_536):
            go.sendall(data)
    with suppress(OSError):
        go.shutdown(socket.SHUT_RDWR)
