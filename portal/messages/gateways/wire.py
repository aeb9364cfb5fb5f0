"""How do bytes reach a gateway, so that every call ends in time and it is certain whether anything left?"""

from __future__ import annotations

import ssl
import threading
import time
from functools import lru_cache
from typing import Any

import certifi
from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter


class Attempt(threading.local):
    """The call that the current thread makes: when it must end, and whether a byte of the request has left."""

    ends_at = 0.0
    written = False

    def begin(self, seconds: float) -> None:
        """Begin a call that may take `seconds` from here, however its answer trickles in."""
        self.ends_at = time.monotonic() + seconds
        self.written = False


attempt = Attempt()


class WatchedSocket(ssl.SSLSocket):
    """A TLS socket that keeps the thread's attempt up to date. A plain time-out begins anew with every byte received."""

    def read(self, len: int = 1024, buffer: Any = None) -> Any:
        """Like SSLSocket.read. Raises TimeoutError at the end of the attempt."""
        left = attempt.ends_at - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self.settimeout(min(left, self.gettimeout() or left))
        return super().read(len, buffer)

    def send(self, data: Any, flags: int = 0) -> int:
        """Like SSLSocket.send; from here on it is not certain that nothing was received."""
        attempt.written = True
        return super().send(data, flags)


@lru_cache(maxsize=4)
def trust(ca_file: str) -> ssl.SSLContext:
    """A TLS context that trusts the certificates in `ca_file`, or those of certifi if it is empty.

    One for all threads: reading the certificates takes 10 ms and a megabyte.
    """
    context = ssl.create_default_context(cafile=ca_file or certifi.where())
    context.sslsocket_class = WatchedSocket
    return context


class Adapter(HTTPAdapter):
    """Transport for one thread: one connection, no repeats, and trust in nothing but its own context.

    requests would otherwise let REQUESTS_CA_BUNDLE and CURL_CA_BUNDLE in the environment overrule the settings.
    """

    def __init__(self, context: ssl.SSLContext) -> None:
        self._context = context
        super().__init__(pool_connections=1, pool_maxsize=1, max_retries=0)

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        """Connect with our context."""
        super().init_poolmanager(*args, **options, ssl_context=self._context)

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
        """Connect through a proxy with our context."""
        return super().proxy_manager_for(proxy, **options, ssl_context=self._context)

    def cert_verify(self, *_args: Any) -> None:
        """The context does it; requests would load its own certificates into it."""

    def send(self, request: PreparedRequest, **options: Any) -> Response:  # type: ignore[override]
        """Send with the certificate verified, whatever the environment says."""
        return super().send(request, **{**options, "verify": True})
