"""How much does a start cost, and how much memory does an idle worker hold?"""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bench.cpu import descendants, proportional_bytes, snapshot
from bench.driver import Connection, Visitor
from bench.hashing import SHIPPED
from bench.plan import Plan
from bench.servers import migrate, portal, portal_settings
from bench.services import Services, Store, services
from bench.table import Line
from bench.verdicts import at_most, figure

SECONDS = {Store.SQLITE: 0.8, Store.POSTGRESQL: 1.1}
MEGABYTES = {Store.SQLITE: 65, Store.POSTGRESQL: 75}
PAGES = 8  # requests after which memory is read
IDLE = 0.5  # seconds
ALONE = {"WEB_CONCURRENCY": "1", "PORTAL_SENDER": "off"}  # the first answer does not wait for the sender


@dataclass(frozen=True)
class Start:
    """Processor seconds of all web processes to the first answer; PSS in bytes of the worker and of its master."""

    seconds: float
    worker: int
    master: int


def lines(plan: Plan) -> Iterator[Line]:
    """Start a portal with one worker again and again, on both kinds of storage."""
    for store in Store:
        with services(store) as storage:
            settings = {**portal_settings(storage, SHIPPED), **ALONE}
            migrate(settings)  # imports the portal, so that the first start finds it compiled
            yield from _lines(store, [_start(storage, settings) for _ in plan.turns(plan.starts)])


def _start(storage: Services, settings: Mapping[str, str]) -> Start:
    with portal(storage, settings) as site, Connection(site.port) as connection:
        visitor, master = Visitor(connection), site.roots["web"]
        visitor.opens("/login")
        seconds = snapshot({"web": master})["web"]
        for _ in range(PAGES - 1):
            visitor.opens("/login")
        time.sleep(IDLE)
        (worker,) = descendants(master)
        return Start(seconds, proportional_bytes(worker), proportional_bytes(master))


def _lines(store: Store, starts: Sequence[Start]) -> Iterator[Line]:
    seconds, memory = figure([one.seconds for one in starts]), figure([one.worker / 1e6 for one in starts])
    master = figure([one.master / 1e6 for one in starts]).middle
    budget = f"CPU from start to first answer, one worker, {store.value}: under {SECONDS[store]} s"
    yield Line(budget, seconds, "s", at_most(SECONDS[store], seconds), "master and worker; the sender runs apart")
    budget = f"PSS of one idle worker, {store.value}: under {MEGABYTES[store]} MB"
    yield Line(budget, memory, "MB", at_most(MEGABYTES[store], memory), f"the master holds {master:.1f} MB besides")
