"""How is one mail handed to a mail server, and what is certain after each step that fails?"""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache

import certifi

from portal.sockets import WatchedSocket, attempt, watched

_LATER, _NEVER = 4, 5
_TAKEN = range(250, 253)
_BAD_RECIPIENT = frozenset({550, 551, 553})
_BY_POLICY = re.compile(rb"5\.7\.")
"""RFC 3463: not the recipient is at fault, but who we are or what we may do."""


class Reason(StrEnum):
    """Why a mail was not sent, or, with NO_ANSWER, why nobody knows."""

    NO_SERVER = "no mail server"
    MESSAGE = "message"
    UNREACHABLE = "unreachable"
    NO_TLS = "no tls"
    CERTIFICATE = "certificate"
    CREDENTIALS = "credentials"
    SENDER = "sender"
    RECIPIENT = "recipient"
    NOT_NOW = "not now"
    REFUSED = "refused"
    NO_ANSWER = "no answer"


class NotTaken(Exception):
    """The server has not taken the mail, or did not say."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason


@dataclass(frozen=True, kw_only=True)
class Server:
    """A mail server. `implicit`: TLS from the first byte, else STARTTLS; `bare`: it may do without any."""

    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)
    ca_file: str = ""
    implicit: bool = False
    bare: bool = False


def hand_over(server: Server, *, our_name: str, sender: str, to: str, content: bytes) -> None:
    """Hand a mail over, once, within the thread's attempt. `content`: as RFC 5322 has it, of ASCII alone.

    Raises NotTaken, with nothing behind it: what a server says may hold the mail.
    """
    talk: _Talk | None = None
    try:
        talk = _Talk(server, our_name)
        reason = _introduce(talk, server) or _envelope(talk, sender, to) or _content(talk, content)
    except (OSError, ValueError) as error:
        reason = _of_error(error)
    finally:
        if talk:
            talk.close()
    if reason:
        raise NotTaken(reason)


class _Talk(smtplib.SMTP):
    """A connection that ends with the thread's attempt. Making it connects and reads the greeting."""

    def __init__(self, server: Server, our_name: str) -> None:
        self._server = server
        super().__init__(server.host, server.port, local_hostname=our_name, timeout=attempt.left())

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        connected = watched(socket.create_connection((host, port), timeout))
        return self.trust().wrap_socket(connected, server_hostname=host) if self._server.implicit else connected

    def trust(self) -> ssl.SSLContext:
        """By what certificates are known."""
        return _trust(self._server.ca_file)


def _introduce(talk: _Talk, server: Server) -> Reason | None:
    """Say who we are, over TLS alone: whoever sits between could strike STARTTLS from what the server offers."""
    talk.ehlo_or_helo_if_needed()
    if not server.implicit:
        if talk.has_extn("starttls"):
            talk.starttls(context=talk.trust())
            talk.ehlo_or_helo_if_needed()
        elif not server.bare:
            return Reason.NO_TLS
    if not server.user:
        return None
    if not talk.has_extn("auth"):
        return Reason.CREDENTIALS
    talk.login(server.user, server.password)
    return None


def _envelope(talk: _Talk, sender: str, to: str) -> Reason | None:
    code, _ = talk.mail(sender)
    if code not in _TAKEN:
        return _of_code(code, Reason.SENDER)
    code, said = talk.rcpt(to)
    if code in _TAKEN:
        return None
    blamed = code in _BAD_RECIPIENT and not _BY_POLICY.match(said)
    return _of_code(code, Reason.RECIPIENT if blamed else Reason.REFUSED)


def _content(talk: _Talk, content: bytes) -> Reason | None:
    """From here on only an answer of the server's says that it has not taken the mail."""
    try:
        code, _ = talk.data(content)
    except smtplib.SMTPDataError as error:
        return _of_code(error.smtp_code, Reason.REFUSED)
    except (OSError, ValueError):
        return Reason.NO_ANSWER
    if code in _TAKEN:
        with suppress(OSError):
            talk.putcmd("quit")
        return None
    return _of_code(code, Reason.REFUSED, Reason.NO_ANSWER)


def _of_code(code: int, refused: Reason, unclear: Reason = Reason.UNREACHABLE) -> Reason:
    """RFC 5321 section 4.2.1: 4yz may go well later, 5yz will not. Of all else nothing can be made."""
    kind = code // 100
    return Reason.NOT_NOW if kind == _LATER else refused if kind == _NEVER else unclear


def _of_error(error: Exception) -> Reason:
    """What it says that the talk ended before the mail itself left."""
    if isinstance(error, NotTrusted | ssl.SSLCertVerificationError):
        return Reason.CERTIFICATE
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return _of_code(error.smtp_code, Reason.CREDENTIALS)
    if isinstance(error, smtplib.SMTPResponseException):
        return _of_code(error.smtp_code, Reason.REFUSED)
    if isinstance(error, ssl.SSLError) and not isinstance(error, ssl.SSLEOFError):
        return Reason.NO_TLS
    if isinstance(error, UnicodeError):
        return Reason.CREDENTIALS
    return Reason.UNREACHABLE if isinstance(error, OSError) else Reason.MESSAGE


class NotTrusted(OSError):
    """The certificates that are to be trusted cannot be read."""


@lru_cache(maxsize=4)
def _trust(ca_file: str) -> ssl.SSLContext:
    """A TLS context that trusts the certificates in `ca_file`, or those of the system and of certifi. Raises NotTrusted."""
    try:
        context = ssl.create_default_context(cafile=ca_file or None)
        if not ca_file:
            context.load_verify_locations(certifi.where())
    except OSError:
        raise NotTrusted from None
    context.sslsocket_class = WatchedSocket
    return context
