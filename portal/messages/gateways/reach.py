"""To which servers do the calls lead that an administrator has described, and how are they watched?

Where a connection really led is looked at before anything is written: a name says nothing of it, and may say another thing the
next time it is asked for.
"""

from __future__ import annotations

import socket
import ssl
from functools import lru_cache
from typing import Any

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection

from portal import addresses
from portal.messages.gateways.wire import Adapter, Connection, trust
from portal.sockets import WatchedSocket, watched


class AddressForbidden(OSError):
    """The connection led into the machine's own surroundings, where nothing is called."""


class _Tls(Connection):
    def _new_conn(self) -> socket.socket:
        return _permitted(super()._new_conn())


class _Plain(HTTPConnection):
    """Only ever to this very machine, in development."""

    def _new_conn(self) -> socket.socket:
        return watched(_permitted(super()._new_conn()))


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _Tls


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Plain


class Described(Adapter):
    """Transport for one thread and one gateway: as for every gateway, and never into the machine's own surroundings.

    Behind a proxy it is the proxy that decides where a name leads.
    """

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        """Connect by our own connections."""
        super().init_poolmanager(*args, **options)
        self.poolmanager.pool_classes_by_scheme = {"http": _PlainPool, "https": _TlsPool}


def _permitted(connected: socket.socket) -> socket.socket:
    if addresses.is_of_surroundings(str(connected.getpeername()[0])):
        connected.close()
        raise AddressForbidden
    return connected


@lru_cache(maxsize=16)
def context(certificates: str) -> ssl.SSLContext:
    """A TLS context that trusts these certificates (PEM), or those of certifi if there are none. Raises ValueError, SSLError."""
    if not certificates:
        return trust("")
    own = ssl.create_default_context(cadata=certificates)
    own.sslsocket_class = WatchedSocket
    return own
