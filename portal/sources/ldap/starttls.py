"""How is TLS begun on a connection that is none yet (RFC 4511 4.14)? One question, one answer, and not a byte of more is read."""

from __future__ import annotations

import socket

from portal.sources.faults import Fault, SourceFault
from portal.sources.ldap.question import Deadline

_OID = b"1.3.6.1.4.1.1466.20037"
_REQUEST = b"\x02\x01\x01" + bytes([0x77, len(_OID) + 2, 0x80, len(_OID)]) + _OID
_MESSAGE, _RESPONSE, _LONG = 0x30, 0x78, 0x80
_SUCCESS = b"\x00"
_MOST = 4_096


def ask(plain: socket.socket, deadline: Deadline) -> None:
    """Ask for TLS. Raises SourceFault when the server will not, and OSError when it does not answer."""
    plain.settimeout(deadline.left())
    plain.sendall(bytes([_MESSAGE, len(_REQUEST)]) + _REQUEST)
    try:
        agreed = _agrees(_message(plain, deadline))
    except (IndexError, ValueError):
        raise SourceFault(Fault.UNREADABLE, "StartTLS") from None
    if not agreed:
        raise SourceFault(Fault.NOT_SECURE, "the server refuses StartTLS")


def _message(plain: socket.socket, deadline: Deadline) -> bytes:
    """The content of one message. What somebody slips in behind it is left for TLS, which stumbles over it."""
    head = _exactly(plain, 2, deadline)
    if head[0] != _MESSAGE:
        raise ValueError("no LDAP message")
    more = _exactly(plain, head[1] - _LONG, deadline) if head[1] > _LONG else b""
    length = int.from_bytes(more, "big") if more else head[1]
    return _exactly(plain, length, deadline)


def _exactly(plain: socket.socket, count: int, deadline: Deadline) -> bytes:
    if count > _MOST:
        raise ValueError("too long")
    read = b""
    while len(read) < count:
        plain.settimeout(deadline.left())
        piece = plain.recv(count - len(read))
        if not piece:
            raise ConnectionResetError
        read += piece
    return read


def _agrees(content: bytes) -> bool:
    """Whether the message is an extended response that says success."""
    _, _, rest = _element(content)
    tag, response, _ = _element(rest)
    return tag == _RESPONSE and _element(response)[1] == _SUCCESS


def _element(data: bytes) -> tuple[int, bytes, bytes]:
    """Tag and content of the first element (BER), and what stands behind it. Raises IndexError where it is cut."""
    start, length = 2, data[1]
    if length > _LONG:
        start += length - _LONG
        length = int.from_bytes(data[2:start], "big")
    if len(data) < start + length:
        raise IndexError
    return data[0], data[start:start + length], data[start + length:]
