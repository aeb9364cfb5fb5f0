"""Do people who wait before a code to scan slow those down who sign in by password?"""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from bench import cpu
from bench.hashing import SHIPPED
from bench.pages import LOOKING, Pages, pages
from bench.plan import Plan
from bench.servers import Site
from bench.table import Line
from bench.throughput import CLIENTS, Crowd, portal_and_gateway
from bench.verdicts import at_least, figure

KEPT, OPEN = 0.95, 500  # the budget
UNPACED = 1_000.0  # sign-ins a second: as many as the portal can do, so that every poll is taken from one of them
SETTLE = LOOKING + 1.0  # seconds until every page has asked once
SIZE = "2 workers x 4 threads, SQLite, default hash"


@dataclass(frozen=True)
class Window:
    """One stretch of sign-ins: `rate` a second, `capacity` a second of the portal's processor time, and what the pages did.

    `browsers` is the share of one processor that the pages' own process took, `questions` theirs a second.
    """

    rate: float
    capacity: float
    browsers: float
    questions: float


def lines(plan: Plan) -> Iterator[Line]:
    """Measure sign-ins while nobody looks at the open pages, and while somebody looks at each."""
    with portal_and_gateway(SHIPPED) as (site, texts), ThreadPoolExecutor(CLIENTS) as pool:
        crowd = Crowd(site, texts, pace=UNPACED)
        clients = [pool.submit(crowd) for _ in range(CLIENTS)]
        try:
            crowd.rate(CLIENTS)
            with pages(site.port, OPEN) as shown:
                rounds = [_round(site, crowd, shown, sign_ins=plan.window, turn=turn) for turn in plan.turns(plan.windows)]
        finally:
            crowd.stop()
            for client in clients:
                client.result()
    yield _capacity(rounds)
    yield _rate(rounds)


def _capacity(rounds: list[tuple[Window, Window]]) -> Line:
    measured = figure([busy.capacity / quiet.capacity for quiet, busy in rounds])
    quiet, busy = (figure([pair[which].capacity for pair in rounds]).middle for which in (0, 1))
    asked = figure([busy.questions for _, busy in rounds]).middle
    budget = f"sign-ins for a second of the portal's processors with {OPEN} open codes to scan: at least {KEPT} x without"
    detail = f"{quiet:.2f} and {busy:.2f}, {asked:.0f} questions a second; {SIZE}"
    return Line(budget, measured, "x", at_least(KEPT, measured), detail)


def _rate(rounds: list[tuple[Window, Window]]) -> Line:
    measured = figure([busy.rate / quiet.rate for quiet, busy in rounds])
    quiet, busy = (figure([pair[which].rate for pair in rounds]).middle for which in (0, 1))
    share = figure([busy.browsers for _, busy in rounds]).middle
    budget = f"sign-in throughput with {OPEN} open codes to scan: at least {KEPT} x that without"
    detail = f"{quiet:.1f} and {busy:.1f} sign-ins a second; the {OPEN} browsers take {share:.1%} of one of the same processors"
    return Line(budget, measured, "x", at_least(KEPT, measured), detail)


def _round(site: Site, crowd: Crowd, shown: Pages, *, sign_ins: int, turn: int) -> tuple[Window, Window]:
    """Return the windows without and with the pages' questions, the one that was last first."""
    windows = {}
    for looked_at in (False, True) if turn % 2 else (True, False):
        _look(shown, looked_at=looked_at)
        windows[looked_at] = _window(site, crowd, shown, sign_ins)
    return windows[False], windows[True]


def _window(site: Site, crowd: Crowd, shown: Pages, sign_ins: int) -> Window:
    roots = {**site.roots, "browsers": shown.process_id}
    before, asked, begin = cpu.snapshot(roots), shown.asked.value, time.monotonic()
    rate = crowd.rate(sign_ins)
    passed = time.monotonic() - begin
    used = cpu.spent(before, cpu.snapshot(roots))
    browsers = used.pop("browsers")
    return Window(rate, rate * passed / sum(used.values()), browsers / passed, (shown.asked.value - asked) / passed)


def _look(shown: Pages, *, looked_at: bool) -> None:
    """Let people look at their pages or turn away; wait until the pages have found their pace."""
    if looked_at != shown.looked_at.is_set():
        shown.looked_at.set() if looked_at else shown.looked_at.clear()
        time.sleep(SETTLE if looked_at else 1.0)
