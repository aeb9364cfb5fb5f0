"""Does a slow gateway slow the sign-ins down, and how many messages are under way at once?"""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import islice

from bench.driver import Connection, Visitor, first_factor, second_factor
from bench.gateway import Gateway, gateway
from bench.hashing import CHEAP, PASSWORD, SHIPPED, Hash
from bench.people import Person, fill_portal, once_each
from bench.plan import Plan
from bench.servers import Site, migrate, portal, portal_settings
from bench.services import Store, services
from bench.table import Line
from bench.verdicts import at_least, exact, figure

KEPT, AT_ONCE = 0.98, 50  # the budgets
SLOW = 2.0  # seconds that the slow gateway takes
# A sender of 50 threads hands over 25 messages a second to such a gateway. Nobody asks for more than it can do: hence
# the default hash, and a pace. What is measured is whether web requests wait for the gateway.
PACE = 20.0  # sign-ins a second, at most
CLIENTS = 8
TRANSITION = SLOW + 0.1  # seconds after which only messages of the new delay are under way
SLOWEST = 8.0  # sign-ins a second; below that a window ends before its sign-ins are done
PATIENCE = 30.0  # seconds for one text to arrive, or one sign-in
CROWD, CROWD_DELAY = 64, 4.0  # people at once, and a delay within which all of them have asked for their code
USERS = 10_000


class Crowd:
    """Clients that sign in people one after the other until they are told to stop, and count."""

    def __init__(self, site: Site, texts: Gateway, *, pace: float = PACE) -> None:
        self._site, self._texts, self._pace = site, texts, pace
        self._people = once_each(USERS)
        self._changed, self._stop = threading.Condition(), threading.Event()
        self._signed_in = 0

    def __call__(self) -> None:
        """Be one client."""
        while not self._stop.is_set():
            begin = time.monotonic()
            with self._changed:
                person = next(self._people)
            sign_in(self._site, self._texts, person)
            with self._changed:
                self._signed_in += 1
                self._changed.notify_all()
            self._stop.wait(max(0.0, begin + CLIENTS / self._pace - time.monotonic()))

    def rate(self, sign_ins: int) -> float:
        """Return the sign-ins a second over the next so many, or over the time in which they should have come."""
        with self._changed:
            begin, before = time.monotonic(), self._signed_in
            self._changed.wait_for(lambda: self._signed_in >= before + sign_ins, sign_ins / SLOWEST)
            if not self._changed.wait_for(lambda: self._signed_in > before, PATIENCE):
                raise TimeoutError(f"nobody has signed in for {PATIENCE:.0f} s")
            return (self._signed_in - before) / (time.monotonic() - begin)

    def stop(self) -> None:
        """Let every client finish what it has begun."""
        self._stop.set()


def lines(plan: Plan) -> Iterator[Line]:
    """Measure with the default hash how sign-ins keep up, and with the cheap one how many messages wait at once."""
    yield _throughput(plan)
    yield _at_once()


def sign_in(site: Site, texts: Gateway, person: Person) -> None:
    """Sign one person in with the code from the text that the gateway got."""
    with Connection(site.port) as connection:
        visitor = Visitor(connection)
        first_factor(visitor, identifier=person.username, password=PASSWORD)
        connection.rest()
        second_factor(visitor, texts.code_for(person.phone, patience=PATIENCE))


@contextmanager
def portal_and_gateway(hashed: Hash) -> Iterator[tuple[Site, Gateway]]:
    """Run a portal with users who have that hash, and the gateway that its texts go to."""
    with services(Store.SQLITE) as storage, gateway(storage.folder) as (texts, access):
        settings = {**portal_settings(storage, hashed), **access}
        migrate(settings)
        fill_portal(storage, count=USERS, hashed=hashed)
        with portal(storage, settings) as site:
            yield site, texts


def _throughput(plan: Plan) -> Line:
    with portal_and_gateway(SHIPPED) as (site, texts), ThreadPoolExecutor(CLIENTS) as pool:
        crowd = Crowd(site, texts)
        clients = [pool.submit(crowd) for _ in range(CLIENTS)]
        try:
            _warm(crowd, texts)
            pairs = [_pair(crowd, texts, sign_ins=plan.window, turn=turn) for turn in plan.turns(plan.windows)]
        finally:
            crowd.stop()
            for client in clients:
                client.result()
    measured = figure([slow / quick for quick, slow in pairs])
    rates = " and ".join(f"{figure(rates).middle:.1f}" for rates in zip(*pairs, strict=True))
    detail = f"{rates} sign-ins a second with 0 and {SLOW:.0f} s, at most {PACE:.0f} asked for; SQLite, default hash"
    budget = f"sign-in throughput with a gateway of {SLOW:.0f} s: at least {KEPT} x that with 0 s"
    return Line(budget, measured, "x", at_least(KEPT, measured), detail)


def _warm(crowd: Crowd, texts: Gateway) -> None:
    """Let the sender's threads make their clients and connections before anything counts."""
    texts.delay = SLOW
    crowd.rate(AT_ONCE)


def _pair(crowd: Crowd, texts: Gateway, *, sign_ins: int, turn: int) -> tuple[float, float]:
    """Return the rates with the quick and with the slow gateway, the one that was last first."""
    rates = {}
    for delay in (0.0, SLOW) if turn % 2 else (SLOW, 0.0):
        texts.delay = delay
        time.sleep(TRANSITION)
        rates[delay] = crowd.rate(sign_ins)
    return rates[0.0], rates[SLOW]


def _at_once() -> Line:
    with portal_and_gateway(CHEAP) as (site, texts), ThreadPoolExecutor(CLIENTS) as pool:
        people = once_each(USERS)
        list(pool.map(lambda person: sign_in(site, texts, person), islice(people, CLIENTS)))
        texts.delay = CROWD_DELAY
        list(pool.map(lambda person: sign_in(site, texts, person), islice(people, CROWD)))
        measured = exact([texts.most_under_way])
    budget = f"messages under way at once: at least {AT_ONCE}"
    return Line(budget, measured, "", at_least(AT_ONCE, measured), f"{CROWD} people, a gateway of {CROWD_DELAY:.0f} s")
