"""Does a call to another server end in time, and is it certain whether a byte of it has left?"""

from __future__ import annotations

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
