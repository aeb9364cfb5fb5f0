"""What does a mail server answer? A small strict one, with or without TLS, that can also misbehave.

In tests: `with MailServer() as server:` with `server.settings()` for the portal's environment.
"""

from __future__ import annotations

import base64
import re
import socket
import socketserver
import struct
import tempfile
import threading
import time
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote

from tests.certificates import own_certificate

USER, PASSWORD = "portal", "pass word:@of/the?tests"


@dataclass(frozen=True)
class Taken:
    """A mail as it was taken: its envelope, whether TLS carried it, and what it says."""

    sender: str
    to: str
    over_tls: bool
    user: str
    mail: EmailMessage

    @property
    def text(self) -> str:
        return str(self.mail.get_content()).replace("\r\n", "\n").removesuffix("\n")


class MailServer:
    """The server, the mails that it took and the commands that it refused as malformed.

    `tls`: `starttls`, `implicit` or `none`. `answers` holds what it says to a command (or `greeting`, `content`) instead of
    yes: a whole line, or `close`, `reset`, `hang` or `drip`; to `content` also `taken, close` and the like: taken first.
    """

    def __init__(self, tls: str = "starttls", *, auth: bool = True) -> None:
        self.tls, self.auth, self.answers = tls, auth, dict[str, str]()
        self.taken: list[Taken] = []
        self.faults: list[str] = []
        self.ca_file = Path(tempfile.mkdtemp(prefix="mail-")) / "ca.pem"
        self.context = own_certificate(self.ca_file)
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.portal = self
        self.port = int(self._server.server_address[1])
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    def __enter__(self) -> MailServer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def settings(self, *, user: str = USER, ca: str | None = None, **more: str) -> dict[str, str]:
        """Environment variables that make a portal use this server."""
        who = f"{quote(user)}:{quote(PASSWORD, safe='')}@" if user else ""
        scheme = "smtps" if self.tls == "implicit" else "smtp"
        url = f"{scheme}://{who}127.0.0.1:{self.port}?ca={quote(str(self.ca_file) if ca is None else ca)}"
        return {"PORTAL_SMTP_URL": url, "PORTAL_MAIL_FROM": "Portal <portal@example.com>", "VONAGE_TIMEOUT": "1"} | more


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = allow_reuse_address = True
    portal: MailServer

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is no news."""


class _Gone(Exception):
    pass


class _Handler(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        self.portal: MailServer = cast(_Server, self.server).portal
        self.over_tls, self.user, self.sender, self.to = False, "", "", ""
        self.link: socket.socket = self.request
        try:
            if self.portal.tls == "implicit":
                self._encrypt()
            self.lines = self.link.makefile("rb")
            self._say("greeting", "220 mail.example.com ESMTP")
            while line := self.lines.readline():
                self._obey(line)
        except (_Gone, OSError):
            pass
        finally:
            self.link.close()

    def _encrypt(self) -> None:
        self.link = self.portal.context.wrap_socket(self.link, server_side=True)
        self.lines, self.over_tls = self.link.makefile("rb"), True

    def _obey(self, line: bytes) -> None:
        if not re.fullmatch(rb"[ -~]{1,510}\r\n", line):
            self.portal.faults.append(f"malformed {line!r}")
            self._say("", "500 malformed")
            return
        verb, _, rest = line.decode().strip().partition(" ")
        act = getattr(self, f"_{verb.lower()}", None) or (lambda _: self._say("", "502 unknown"))
        act(rest)

    def _say(self, step: str, usual: str) -> None:
        said = self.portal.answers.get(step, usual)
        if said.startswith("taken, "):
            said = said.removeprefix("taken, ")
        misbehave = getattr(self, f"_do_{said}", None)
        if misbehave:
            misbehave()
        self.link.sendall(said.encode() + b"\r\n")

    def _ehlo(self, name: str) -> None:
        if not re.fullmatch(r"[A-Za-z0-9.\-\[\]:]+", name):
            self.portal.faults.append(f"name {name}")
        offered = ["mail.example.com", "SIZE 10000000"]
        offered += ["STARTTLS"] if self.portal.tls == "starttls" and not self.over_tls else []
        offered += ["AUTH PLAIN"] if self.portal.auth and (self.over_tls or self.portal.tls == "none") else []
        lines = [f"250-{one}" for one in offered[:-1]] + [f"250 {offered[-1]}"]
        self._say("helo", "\r\n".join(lines))

    def _starttls(self, _: str) -> None:
        self._say("starttls", "220 go on")
        self._encrypt()

    def _auth(self, rest: str) -> None:
        _, _, given = rest.partition(" ")
        _, user, password = base64.b64decode(given).decode().split("\0")
        self.user = user if (user, password) == (USER, PASSWORD) else ""
        self._say("auth", "235 welcome" if self.user else "535 5.7.8 wrong")

    def _mail(self, rest: str) -> None:
        found = re.match(r"FROM:<([^<>\s]+@[^<>\s]+)>(?: |$)", rest, re.IGNORECASE)
        self.sender = found[1] if found else ""
        wrong = "530 5.7.0 who are you?" if self.portal.auth and not self.user else "501 malformed"
        self._say("mail", "250 ok" if found and (self.user or not self.portal.auth) else wrong)

    def _rcpt(self, rest: str) -> None:
        found = re.fullmatch(r"TO:<([^<>\s]+@[^<>\s]+)>", rest, re.IGNORECASE)
        self.to = found[1] if found and self.sender else ""
        self._say("rcpt", "250 ok" if self.to else "503 malformed")

    def _data(self, _: str) -> None:
        self._say("data", "354 go on" if self.to else "503 nobody")
        if "data" in self.portal.answers:
            return
        said = self.portal.answers.get("content", "")
        content = self._content()
        if not said or said.startswith("taken, "):
            self._take(content)
        self._say("content", "250 2.0.0 taken")

    def _content(self) -> bytes:
        lines: list[bytes] = []
        while (line := self.lines.readline()) != b".\r\n":
            if not line:
                raise _Gone
            if not line.endswith(b"\r\n") or len(line) > 1_000 or not line.isascii():
                self.portal.faults.append(f"malformed {line[:50]!r}")
            lines.append(line.removeprefix(b"."))
        return b"".join(lines)

    def _take(self, content: bytes) -> None:
        mail = message_from_bytes(content, policy=policy.default)
        self.portal.taken.append(Taken(self.sender, self.to, self.over_tls, self.user, mail))

    def _quit(self, _: str) -> None:
        raise _Gone

    def _do_close(self) -> None:
        raise _Gone

    def _do_reset(self) -> None:
        self.link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        raise _Gone

    def _do_hang(self) -> None:
        time.sleep(6)
        raise _Gone

    def _do_drip(self) -> None:
        for _ in range(60):
            self.link.sendall(b"2")
            time.sleep(0.1)
        raise _Gone
