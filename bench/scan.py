"""Do people who wait before a code to scan slow those down who sign in by password?"""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from bench.hashing import SHIPPED
from bench.pages import LOOKING, Pages, pages
from bench.plan import Plan
from bench.table import Line
from bench.throughput import CLIENTS, Crowd, portal_and_gateway
from bench.verdicts import at_least, figure

KEPT, OPEN = 0.95, 500  # the budget
UNPACED = 1_000.0  # sign-ins a second: as many as the portal can do, so that every poll is taken from one of them
SETTLE = LOOKING + 1.0  # seconds until every page has asked once


def lines(plan: Plan) -> Iterator[Line]:
    """Measure sign-ins while nobody looks at the open pages, and while somebody looks at each."""
    with portal_and_gateway(SHIPPED) as (site, texts), ThreadPoolExecutor(CLIENTS) as pool:
        crowd = Crowd(site, texts, pace=UNPACED)
        clients = [pool.submit(crowd) for _ in range(CLIENTS)]
        try:
            crowd.rate(CLIENTS)
            with pages(site.port, OPEN) as shown:
                rounds = [_round(crowd, shown, sign_ins=plan.window, turn=turn) for turn in plan.turns(plan.windows)]
        finally:
            crowd.stop()
            for client in clients:
                client.result()
    yield _line(rounds)


def _line(rounds: list[tuple[float, float, float]]) -> Line:
    measured = figure([busy / quiet for quiet, busy, _ in rounds])
    quiet, busy, asked = (figure(figures).middle for figures in zip(*rounds, strict=True))
    rates = f"{quiet:.1f} and {busy:.1f} sign-ins a second, {asked:.0f} questions a second"
    detail = f"{rates}; 2 workers x 4 threads, SQLite, default hash"
    return Line(f"sign-in throughput with {OPEN} open codes to scan: at least {KEPT} x that without", measured, "x",
                at_least(KEPT, measured), detail)


def _round(crowd: Crowd, shown: Pages, *, sign_ins: int, turn: int) -> tuple[float, float, float]:
    """Return the rates without and with the pages' questions, the one that was last first, and the questions a second."""
    rates, asked = {}, 0.0
    for looked_at in (False, True) if turn % 2 else (True, False):
        _look(shown, looked_at=looked_at)
        before, begin = shown.asked.value, time.monotonic()
        rates[looked_at] = crowd.rate(sign_ins)
        if looked_at:
            asked = (shown.asked.value - before) / (time.monotonic() - begin)
    return rates[False], rates[True], asked


def _look(shown: Pages, *, looked_at: bool) -> None:
    """Let people look at their pages or turn away; wait until the pages have found their pace."""
    if looked_at != shown.looked_at.is_set():
        shown.looked_at.set() if looked_at else shown.looked_at.clear()
        time.sleep(SETTLE if looked_at else 1.0)
