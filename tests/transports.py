"""How does a request reach the portal: within the test's own process, or over a real connection?"""

from __future__ import annotations

import http.client
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import urlsplit

from flask import Flask

Headers = list[tuple[str, str]]


@dataclass(frozen=True)
class Answer:
    """What came back, as it came."""

    status: int
    headers: Headers
    content: bytes

    def header(self, name: str) -> str:
        """The values of a header, joined; empty when there is none."""
        return ", ".join(value for key, value in self.headers if key.lower() == name.lower())

    @property
    def text(self) -> str:
        return self.content.decode("utf-8", "replace")


class Transport(Protocol):
    """What carries a request and its answer. `origin` is where the portal is, such as http://localhost:5000."""

    origin: str

    def send(self, method: str, path: str, *, headers: Headers, content: bytes, address: str) -> Answer: ...

    def settle(self) -> None:
        """See that waiting text messages are on their way."""


@dataclass
class InProcess:
    """Calls the application object directly. There is no sender process: `settle` hands over what waits."""

    app: Flask
    origin: str = field(init=False)

    def __post_init__(self) -> None:
        self.origin = self.app.config["PORTAL"].portal_url

    def send(self, method: str, path: str, *, headers: Headers, content: bytes, address: str) -> Answer:
        client = self.app.test_client(use_cookies=False)
        answer = client.open(path, method=method, headers=headers, data=content, base_url=self.origin,
                             environ_overrides={"REMOTE_ADDR": address})
        return Answer(answer.status_code, [(key, value) for key, value in answer.headers.items()], answer.get_data())

    def settle(self) -> None:
        from sqlalchemy import select

        from portal.database import reading
        from portal.messages.delivery import deliver
        from portal.models import Message, MessageState

        with self.app.app_context():
            with reading() as connection:
                waiting = list(connection.execute(select(Message.id).where(Message.state == MessageState.WAITING)).scalars())
            for message_id in waiting:
                deliver(message_id)


@dataclass
class OverNetwork:
    """A connection per request to a portal that runs; its own sender hands messages over. Always comes from loopback."""

    origin: str

    def send(self, method: str, path: str, *, headers: Headers, content: bytes, address: str) -> Answer:
        connection = http.client.HTTPConnection(urlsplit(self.origin).netloc, timeout=30)
        try:
            connection.request(method, path, body=content or None, headers=dict(headers))
            answer = connection.getresponse()
            return Answer(answer.status, answer.getheaders(), answer.read())
        finally:
            connection.close()

    def settle(self) -> None:
        """Nothing to do: the portal's sender is at work."""
