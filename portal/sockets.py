"""Does a call to another server end in time, and is it certain whether a byte of it has left?"""

from __future__ import annotations

import math
import socket
import ssl
import threading
import time
from typing import Any


class Attempt(threading.local):
    """The call that the current thread makes: when it must end, and whether a byte of the request has left."""

    ends_at = 0.0
    written = False

    def begin(self, seconds: float) -> None:
        """Begin a call that may take `seconds` from here, however its answer trickles in."""
        self.ends_at = time.monotonic() + seconds
        self.written = False

    def left(self) -> float:
        """The seconds that are left. Raises TimeoutError at the end of the attempt."""
        left = self.ends_at - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left


attempt = Attempt()


class WatchedSocket(ssl.SSLSocket):
    """A TLS socket that keeps the thread's attempt up to date. A plain time-out begins anew with every byte received."""

    def read(self, len: int = 1024, buffer: Any = None) -> Any:
        """Like SSLSocket.read. Raises TimeoutError at the end of the attempt."""
        left = attempt.left()
        self.settimeout(min(left, self.gettimeout() or left))
        return super().read(len, buffer)

    def send(self, data: Any, flags: int = 0) -> int:
        """Like SSLSocket.send; from here on it is not certain that nothing was received."""
        attempt.written = True
        return super().send(data, flags)


class WatchedPlainSocket(socket.socket):
    """The same without TLS."""

    def recv_into(self, *args: Any) -> int:
        """Like socket.recv_into. Raises TimeoutError at the end of the attempt."""
        left = attempt.left()
        self.settimeout(min(left, self.gettimeout() or left))
        return super().recv_into(*args)

    def send(self, *args: Any) -> int:
        """Like socket.send; from here on it is not certain that nothing was received."""
        attempt.written = True
        return super().send(*args)

    def sendall(self, *args: Any) -> None:
        """Like socket.sendall, and as uncertain."""
        attempt.written = True
        super().sendall(*args)


def watched(plain: socket.socket) -> WatchedPlainSocket:
    """The same connection, watched; `plain` is of no use any more."""
    seconds = plain.gettimeout()
    own = WatchedPlainSocket(plain.family, plain.type, plain.proto, fileno=plain.detach())
    own.settimeout(seconds)
    return own


def connected(host: str, port: int, seconds: float | None) -> socket.socket:
    """A connection to the first address of `host` that answers, each within `seconds`, and all of them within the attempt.

    The usual way gives each address the time-out anew: a host with eight of them that are all silent would take eight times
    as long. Raises socket.gaierror, TimeoutError or another OSError.
    """
    fault = OSError("no address")
    for family, kind, protocol, _name, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
        opened = socket.socket(family, kind, protocol)
        try:
            _connect(opened, address, seconds)
        except OSError as error:
            opened.close()
            fault = error
        else:
            return opened
    raise fault


def _connect(opened: socket.socket, address: Any, seconds: float | None) -> None:
    """What comes next, the handshake of TLS, has no more time than is left either."""
    opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    opened.settimeout(min(attempt.left(), seconds or math.inf))
    opened.connect(address)
    opened.settimeout(min(attempt.left(), seconds or math.inf))
