"""How do bytes reach a gateway, so that every call ends in time and it is certain whether anything left?"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import certifi
from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError

from portal.sockets import WatchedSocket, connected

MOST_BYTES = 65_536
"""Bytes of an answer that are read, as they are once unpacked: a small one may unpack to gigabytes."""


@lru_cache(maxsize=4)
def trust(ca_file: str) -> ssl.SSLContext:
    """A TLS context that trusts the certificates in `ca_file`, or those of certifi if it is empty.

    One for all threads: reading the certificates takes 10 ms and a megabyte.
    """
    context = ssl.create_default_context(cafile=ca_file or certifi.where())
    context.sslsocket_class = WatchedSocket
    return context


class Connection(HTTPSConnection):
    """One that is given up with the attempt, however many addresses its host has."""

    def _new_conn(self) -> socket.socket:
        """As the package does it, and with the same errors."""
        try:
            return connected(self._dns_host, self.port, self.timeout)
        except socket.gaierror as error:
            raise NameResolutionError(self.host, self, error) from error
        except TimeoutError as error:
            raise ConnectTimeoutError(self, "no connection in time") from error
        except OSError as error:
            raise NewConnectionError(self, "no connection") from error


class _Pool(HTTPSConnectionPool):
    ConnectionCls = Connection


class _Bounded:
    """What comes of an answer, cut off where it is too long: its status still counts, and JSON that is cut off is unreadable."""

    def __init__(self, raw: Any) -> None:
        self._raw = raw

    def __getattr__(self, name: str) -> Any:
        return getattr(self._raw, name)

    def stream(self, size: int, **options: Any) -> Iterator[bytes]:
        """Like that of urllib3, by which requests reads a body."""
        room = MOST_BYTES
        for part in self._raw.stream(size, **options):
            yield part[:room]
            room -= len(part)
            if room <= 0:
                self._raw.close()
                return


class Adapter(HTTPAdapter):
    """Transport for one thread: one connection, no repeats, and trust in nothing but its own context.

    requests would otherwise let REQUESTS_CA_BUNDLE and CURL_CA_BUNDLE in the environment overrule the settings.
    """

    def __init__(self, context: ssl.SSLContext) -> None:
        self._context = context
        super().__init__(pool_connections=1, pool_maxsize=1, max_retries=0)

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        """Connect with our context, by our connections."""
        super().init_poolmanager(*args, **options, ssl_context=self._context)
        self.poolmanager.pool_classes_by_scheme = {"http": HTTPConnectionPool, "https": _Pool}

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
        """Connect through a proxy with our context."""
        return super().proxy_manager_for(proxy, **options, ssl_context=self._context)

    def cert_verify(self, *_args: Any) -> None:
        """The context does it; requests would load its own certificates into it."""

    def send(self, request: PreparedRequest, **options: Any) -> Response:  # type: ignore[override]
        """Send with the certificate verified, whatever the environment says. No more than so much of the answer is read."""
        answer = super().send(request, **{**options, "verify": True})
        answer.raw = _Bounded(answer.raw)
        return answer
