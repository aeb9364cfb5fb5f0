"""How does a test run a sender process of its own, and give it work?"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from portal import create_app
from portal.extensions import db
from portal.messages import outbox
from tests.conftest import settings
from tests.letters import Letter, write
from tests.processes import Server
from tests.servers import CHEAP, ROOT

PHONE = "+4915112300100"


@contextmanager
def starting() -> Iterator[Callable[..., Sender]]:
    """Starts sender processes: `start(DATABASE_URL=sqlite)`. All end with the context."""
    started: list[Sender] = []

    def start(**environment: str) -> Sender:
        started.append(Sender(**environment))
        started[-1].start()
        return started[-1]

    yield start
    for each in started:
        each.end()


class Sender(Server):
    """A sender process on its own, and an application in this process that gives it work."""

    def __init__(self, **environment: str) -> None:
        super().__init__()
        self.environment = environment
        self.app = create_app(settings(**environment))

    def command(self) -> list[str]:
        return [sys.executable, "-m", "flask", "--app", "wsgi", "portal", "sender"]

    def folder(self) -> Path:
        return ROOT

    def surroundings(self) -> dict[str, str]:
        return CHEAP | {"PATH": os.environ["PATH"], "HOME": str(self.directory)} | self.environment

    def ready(self) -> bool:
        return "sender started" in self.said()

    def posts(self, letter: Letter) -> Letter:
        with self.app.app_context():
            outbox.post(letter.id)
        return letter

    def sends(self, phone: str = PHONE) -> Letter:
        """A new message, committed and posted as a request does it."""
        return self.posts(self.writes(phone))

    def writes(self, phone: str = PHONE) -> Letter:
        """A new message, committed but not posted."""
        return write(self.app, phone=phone)

    def end(self) -> None:
        super().end()
        with self.app.app_context():
            db.engine.dispose()
