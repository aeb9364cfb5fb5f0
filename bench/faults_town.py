"""What stands there to be killed? Gunicorn's web processes, two senders, Redis, PostgreSQL, and a gateway that counts."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from bench.faults_plan import Victim
from bench.hashing import CHEAP
from bench.people import fill_portal
from bench.servers import no_limits
from bench.services import Services, Store
from tests.gateway import Gateway
from tests.processes import Server, until
from tests.servers import ROOT, Portal, Postgres, Redis, migrate

PEOPLE = 4_000
_Any = TypeVar("_Any", bound=Server)
BACK = 60.0
"""Seconds within which whatever was killed must be back."""
VICTIMS = {
    Store.SQLITE: (Victim.NOBODY, Victim.WORKER, Victim.SENDER, Victim.PORTAL, Victim.SENDERS),
    Store.POSTGRESQL: tuple(Victim),
}


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


@dataclass(frozen=True)
class Town:
    """All of it, and how each part dies and comes back."""

    portal: Portal
    senders: list[Sender]
    gateway: Gateway
    storage: Services
    redis: Redis | None
    postgres: Postgres | None

    def kill(self, victim: Victim) -> None:
        """Kill it, without a warning."""
        match victim:
            case Victim.WORKER:
                self.portal.kill_worker()
            case Victim.PORTAL:
                self._kill_web()
            case Victim.SENDER:
                self.senders[0].kill()
            case Victim.SENDERS:
                for sender in self.senders:
                    sender.kill()
            case Victim.REDIS:
                assert self.redis
                self.redis.kill()
            case Victim.POSTGRES:
                assert self.postgres
                self.postgres.kill()

    def _kill_web(self) -> None:
        """The master first: it would only start what was killed anew."""
        master, workers = self.portal.process, self.portal.worker_pids()
        assert master
        master.kill()
        master.wait()
        for pid in workers:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def mend(self) -> None:
        """Start again what does not run, and wait until people can log in."""
        for server in (self.postgres, self.redis, *self.senders):
            if server and server.ended():
                server.start()
        if self.portal.ended():
            self.portal.start()
        until(self.portal.ready, seconds=BACK, what="the portal to be back")


@contextmanager
def town(store: Store) -> Iterator[Town]:
    """Build it, and leave nothing of it behind."""
    with ExitStack() as stack:
        gateway = stack.enter_context(Gateway())
        redis, postgres, database = None, None, {}
        if store is Store.POSTGRESQL:
            redis, postgres = _started(stack, Redis()), _started(stack, Durable())
            database = {"DATABASE_URL": postgres.empty(), "REDIS_URL": redis.url}
            migrate(database["DATABASE_URL"])
        portal = Portal(**_settings(), **gateway.settings(), **database)
        stack.callback(portal.end)
        storage = Services(portal.directory, _driver(portal.environment["DATABASE_URL"]), None, {})
        fill_portal(storage, count=PEOPLE, hashed=CHEAP)
        portal.start()
        senders = [_started(stack, Sender(portal.environment)) for _ in range(2)]
        yield Town(portal, senders, gateway, storage, redis, postgres)


def _started(stack: ExitStack, server: _Any) -> _Any:
    server.start()
    stack.callback(server.end)
    return server


def _settings() -> dict[str, str]:
    """Limits out of reach, and a short pause between two texts."""
    return {**no_limits(), **CHEAP.settings(), "PORTAL_SENDER": "off", "PORTAL_RESEND_PAUSE": "1",
            "PORTAL_SIGN_IN_LIFETIME": "1800"}


def _driver(url: str) -> str:
    return url.replace("postgresql://", "postgresql+psycopg://")
