"""How does a directory's server get hold of nothing but what is meant for it, and of us not for long? TLS first, then a tunnel.

libldap's own TLS waits for ever, and busily, for a server that stops in the midst of a handshake. So TLS is Python's here, and
libldap speaks through a pair of sockets that is cut at the deadline and after a megabyte.
"""

from __future__ import annotations

import socket
import ssl
from contextlib import suppress
from select import select
from threading import Thread
from urllib.parse import urlsplit

from portal.sources.faults import Fault, SourceFault
from portal.sources.ldap import starttls
from portal.sources.ldap.question import Deadline

MOST = 1_048_576
"""Bytes that a server may answer in all."""
_PORTS = {"ldap": 389, "ldaps": 636}
_PIECE = 65_536


def tunnel(server: str, authority: str | None, *, begin_tls: bool, deadline: Deadline) -> socket.socket:
    """A socket of this machine behind which the server listens over verified TLS, until the deadline. Raises SourceFault."""
    parts = urlsplit(server)
    if parts.scheme != ("ldap" if begin_tls else "ldaps") or not parts.hostname:
        raise SourceFault(Fault.NOT_SECURE, "neither ldaps nor StartTLS")
    context = _context(authority)
    plain = _connected(parts.hostname, parts.port or _PORTS[parts.scheme], deadline)
    try:
        if begin_tls:
            starttls.ask(plain, deadline)
        plain.settimeout(deadline.left())
        far = context.wrap_socket(plain, server_hostname=parts.hostname)
    except BaseException as error:
        plain.close()
        raise _fault(error) from None
    ours, theirs = socket.socketpair()
    Thread(target=_pump, args=(far, theirs, deadline), daemon=True, name="directory").start()
    return ours


def _context(authority: str | None) -> ssl.SSLContext:
    """Demands a certificate for the server's name, from the authority that is set, or else one of the system's."""
    try:
        context = ssl.create_default_context(cadata=authority or None)
    except (ssl.SSLError, ValueError):
        raise SourceFault(Fault.SETTINGS, "the certificates cannot be read") from None
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _connected(host: str, port: int, deadline: Deadline) -> socket.socket:
    """A connection to the first of the host's addresses that takes one; those share the time."""
    try:
        addresses = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise SourceFault(Fault.UNREACHABLE, f"no address for {host}") from None
    fault: OSError = OSError("no address")
    for tried, (*_kind, address) in enumerate(addresses):
        share = deadline.left() / (len(addresses) - tried)
        try:
            return socket.create_connection((str(address[0]), int(address[1])), timeout=share)
        except OSError as error:
            fault = error
    raise _fault(fault)


def _fault(error: BaseException) -> BaseException:
    if isinstance(error, ssl.SSLCertVerificationError):
        return SourceFault(Fault.NOT_SECURE, f"certificate: {error.verify_message}")
    if isinstance(error, TimeoutError):
        return SourceFault(Fault.TOO_SLOW)
    if isinstance(error, ssl.SSLError):
        return SourceFault(Fault.NOT_SECURE, f"TLS: {error.reason}")
    return SourceFault(Fault.UNREACHABLE, error.strerror or type(error).__name__) if isinstance(error, OSError) else error


def _pump(far: ssl.SSLSocket, near: socket.socket, deadline: Deadline) -> None:
    """Carry what is said to and fro, until one side hangs up, too much was said, or the time is over."""
    with far, near, suppress(OSError, SourceFault):
        said = 0
        while said < MOST:
            ready, _, _ = select([far, near], [], [], deadline.left())
            if near in ready and not _carried(near, far, deadline):
                return
            if far in ready:
                piece = _answer(far)
                if piece == b"":
                    return
                said += len(piece or b"")
                near.settimeout(deadline.left())
                near.sendall(piece or b"")


def _carried(near: socket.socket, far: ssl.SSLSocket, deadline: Deadline) -> bool:
    """Carry one piece of what is asked; whether there was one."""
    piece = near.recv(_PIECE)
    far.settimeout(deadline.left())
    far.sendall(piece)
    return bool(piece)


def _answer(far: ssl.SSLSocket) -> bytes | None:
    """All that has come; empty when the server has hung up, None when it is not whole yet."""
    far.settimeout(0)
    try:
        piece = far.recv(_PIECE)
        while far.pending():
            piece += far.recv(_PIECE)
    except ssl.SSLWantReadError:
        return None
    return piece
