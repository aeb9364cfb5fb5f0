"""How much processor time do the servers spend on one complete sign-in?

Of several people in one block: first all first factors, then all second ones. Between the two, unwatched, the bench
reads the codes. Watched are the five requests and the sender's work, of all server processes: web workers, sender,
PostgreSQL and Redis.
"""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from typing import Self

from bench.cpu import Seconds, snapshot, spent
from bench.driver import Connection, Visitor, first_factor, second_factor
from bench.hashing import PASSWORD
from bench.people import Person
from bench.servers import Site

SETTLE = 0.2  # seconds; a message is on its way within a tenth of that
PATIENCE = 150  # times
WARMERS = 8  # connections at once, so that every worker and thread is reached

Identifier = Callable[[Person], str]


class CodesMissing(Exception):
    """The sender has not handed over all messages in half a minute."""


class Meter:
    """Adds up processor seconds, by process name, over the spans in which it is entered."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self.total = dict.fromkeys(site.roots, 0.0)
        self._begin: Seconds = {}

    def __enter__(self) -> Self:
        self._begin = snapshot(self._site.roots)
        return self

    def __exit__(self, *_fault: object) -> None:
        for name, seconds in spent(self._begin, snapshot(self._site.roots)).items():
            self.total[name] += seconds


def by_username(person: Person) -> str:
    """Return what most people type."""
    return person.username


def cost(site: Site, people: Sequence[Person], *, identifier: Identifier = by_username) -> Seconds:
    """Sign everybody in, one after the other; return the processor seconds of one sign-in, by process name."""
    meter = Meter(site)
    with Connection(site.port) as connection:
        visitors = [Visitor(connection) for _ in people]
        with meter:
            for person, visitor in zip(people, visitors, strict=True):
                first_factor(visitor, identifier=identifier(person), password=PASSWORD)
        connection.rest()
        codes = read_codes(site, people, meter)
        with meter:
            for person, visitor in zip(people, visitors, strict=True):
                second_factor(visitor, codes[person.phone])
    return {name: seconds / len(people) for name, seconds in meter.total.items()}


def warm(site: Site, people: Sequence[Person]) -> None:
    """Let everybody sign in at the same time, so that no later block pays for a first time."""
    with ThreadPoolExecutor(WARMERS) as pool:
        for share in [pool.submit(cost, site, people[first::WARMERS]) for first in range(WARMERS)]:
            share.result()


def read_codes(site: Site, people: Sequence[Person], meter: Meter | None = None) -> dict[str, str]:
    """Return everybody's code by phone number: the sender is given time, watched, until all can be read, unwatched."""
    phones = [person.phone for person in people]
    for _ in range(PATIENCE):
        with meter or nullcontext():
            time.sleep(SETTLE)
        codes = site.codes(phones)
        if len(codes) == len(phones):
            return codes
    raise CodesMissing(f"{len(codes)} of {len(phones)} codes were sent")
