"""What stands there to be killed? Gunicorn's web processes, two senders, Redis, PostgreSQL; and two gateways that count."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlsplit

from bench.faults_plan import Fault, Victim
from bench.faults_receipts import Postman, message_id
from bench.faults_servers import Durable, Sender, two_gateways
from bench.hashing import CHEAP
from bench.people import fill_portal
from bench.servers import no_limits
from bench.services import Services, Store
from portal import create_app
from portal.extensions import db
from tests.conftest import settings
from tests.gateway import Gateway, Text
from tests.gateways import add_gateway
from tests.hooks import SIGNATURE_SECRET
from tests.processes import Server, until
from tests.servers import Portal, Postgres, Redis, migrate

PEOPLE = 4_000
_Any = TypeVar("_Any", bound=Server)
BACK = 60.0
"""Seconds within which whatever was killed must be back."""
VICTIMS = {
    Store.SQLITE: (Victim.NOBODY, Victim.WORKER, Victim.SENDER, Victim.PORTAL, Victim.SENDERS),
    Store.POSTGRESQL: tuple(Victim),
}


@dataclass(frozen=True)
class Town:
    """All of it, and how each part dies and comes back."""

    portal: Portal
    senders: list[Sender]
    gateways: tuple[Gateway, Gateway]
    postman: Postman
    storage: Services
    redis: Redis | None
    postgres: Postgres | None

    def taken(self) -> list[tuple[int, Text]]:
        """The texts and calls that either gateway took, each with the message that it was."""
        return [(message_id(text), text) for each in self.gateways for text in (*each.accepted, *each.calls)]

    def misbehave(self, fault: Fault) -> None:
        """From now on the gateways answer, and say afterwards, what the fault wants."""
        for gateway, answering in zip(self.gateways, (fault.first, fault.second), strict=True):
            gateway.answers(answering.mood, seconds=answering.takes)
        self.postman.tale = fault.tale

    def behave(self) -> None:
        """From now on the gateways take everything at once. What they say afterwards stays as it was."""
        for gateway in self.gateways:
            gateway.answers("ok")

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
        gateways = stack.enter_context(two_gateways())
        redis, postgres, database = None, None, {}
        if store is Store.POSTGRESQL:
            redis, postgres = _started(stack, Redis()), _started(stack, Durable())
            database = {"DATABASE_URL": postgres.empty(), "REDIS_URL": redis.url}
            migrate(database["DATABASE_URL"])
        portal = _portal(gateways, database)
        stack.callback(portal.end)
        storage = Services(portal.directory, _driver(portal.environment["DATABASE_URL"]), None, {})
        fill_portal(storage, count=PEOPLE, hashed=CHEAP)
        portal.start()
        senders = [_started(stack, Sender(portal.environment)) for _ in range(2)]
        postman = stack.enter_context(Postman(urlsplit(portal.url).netloc, gateways))
        yield Town(portal, senders, gateways, postman, storage, redis, postgres)


def _portal(gateways: tuple[Gateway, Gateway], database: dict[str, str]) -> Portal:
    """Texts leave by the first gateway and, where that surely took nothing, by the second; calls by the first."""
    portal = Portal(**_settings(), **gateways[0].settings(signed=True), **database)
    # Vonage tells of calls only where there is TLS, and so the portal asks for it only then.
    portal.environment["PORTAL_URL"] = portal.url.replace("http:", "https:")
    app = create_app(settings(**portal.environment))
    add_gateway(app, "second", settings={"api_host": gateways[1].host})
    add_gateway(app, "calls", kind="vonage-voice", sender="+4915700000000", secrets={})
    with app.app_context():
        db.engine.dispose()
    return portal


def _started(stack: ExitStack, server: _Any) -> _Any:
    server.start()
    stack.callback(server.end)
    return server


def _settings() -> dict[str, str]:
    """Limits out of reach, a short pause between two texts, and codes that live until somebody has looked at their page."""
    return {**no_limits(), **CHEAP.settings(), "PORTAL_SENDER": "off", "PORTAL_RESEND_PAUSE": "1", "PORTAL_CODE_LIFETIME": "600",
            "PORTAL_SIGN_IN_LIFETIME": "1800", "VONAGE_SIGNATURE_SECRET": SIGNATURE_SECRET}


def _driver(url: str) -> str:
    return url.replace("postgresql://", "postgresql+psycopg://")
