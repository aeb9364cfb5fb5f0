"""Which processes stand there to be killed, beside those that the tests know?"""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.gateway import Gateway
from tests.processes import Server
from tests.servers import ROOT, Postgres


class Durable(Postgres):
    """Told that a transaction is committed, nobody loses it when PostgreSQL is killed: only the disk is not waited for."""

    def command(self) -> list[str]:
        """As the tests run it, but for that."""
        return [*super().command(), "-c", "synchronous_commit=on"]

    def kill(self) -> None:
        """As a crash ends it: nothing is written, and the next start recovers from the log."""
        self.stop(signal.SIGQUIT)


class Sender(Server):
    """A sender that belongs to nobody, as larger installations run it."""

    def __init__(self, environment: dict[str, str]) -> None:
        super().__init__()
        self.environment = environment

    def command(self) -> list[str]:
        """The command that operators are told."""
        return [sys.executable, "-m", "flask", "--app", "wsgi", "portal", "sender"]

    def surroundings(self) -> dict[str, str] | None:
        """Those of the portal."""
        return self.environment

    def folder(self) -> Path:
        """The project's."""
        return ROOT

    def ready(self) -> bool:
        """It needs not be: messages wait."""
        return True


@contextmanager
def two_gateways() -> Iterator[tuple[Gateway, Gateway]]:
    """Two that run and know the same application. Whoever trusts the certificate of the first one trusts both."""
    with ExitStack() as stack:
        first, second = (stack.enter_context(Gateway()) for _ in range(2))
        second.private_key, second.public_key = first.private_key, first.public_key
        first.ca_file.write_bytes(first.ca_file.read_bytes() + second.ca_file.read_bytes())
        yield first, second
