"""What does our sign-in cost, beyond the password hash, beside the least possible one?"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import islice
from statistics import median

from bench.blocks import cost, warm
from bench.cpu import Seconds
from bench.hashing import Hash
from bench.people import Person, fill_bare, fill_portal, once_each
from bench.plan import Plan
from bench.servers import Site, bare, migrate, portal, portal_settings
from bench.services import Store, services
from bench.table import Line
from bench.verdicts import at_most, figure

BUDGET, AIM = 1.5, 1.2
USERS = 2_000
WARM_UP = 64  # people
HASH_REPEATS = 20


@dataclass(frozen=True)
class Round:
    """Processor seconds of one sign-in at the portal and at the reference, and of one password hash."""

    portal: Seconds
    bare: Seconds
    hash: float

    @property
    def ratio(self) -> float:
        """Portal to reference, both without the hash."""
        return (sum(self.portal.values()) - self.hash) / (sum(self.bare.values()) - self.hash)


def lines(plan: Plan) -> Iterator[Line]:
    """Measure on both kinds of storage with each hash of the plan."""
    for hashed in plan.hashes:
        for store in Store:
            with _both(store, hashed) as (ours, reference):
                yield _line(store, hashed, _rounds(plan, hashed, ours=ours, reference=reference))


@contextmanager
def _both(store: Store, hashed: Hash) -> Iterator[tuple[Site, Site]]:
    """Run portal and reference, each with services of its own, so that each one's cost is its own."""
    with ExitStack() as stack:
        ours, reference = (stack.enter_context(services(store)) for _ in range(2))
        settings = portal_settings(ours, hashed)
        migrate(settings)
        fill_portal(ours, count=USERS, hashed=hashed)
        fill_bare(reference, count=USERS, hashed=hashed)
        yield stack.enter_context(portal(ours, settings)), stack.enter_context(bare(reference))


def _rounds(plan: Plan, hashed: Hash, *, ours: Site, reference: Site) -> list[Round]:
    people = once_each(USERS)
    for site in (ours, reference):
        warm(site, list(islice(people, WARM_UP)))
    return [
        _round(list(islice(people, plan.ratio_block)), hashed, sites=(ours, reference), turn=turn)
        for turn in plan.turns(plan.ratio_rounds)
    ]


def _round(people: Sequence[Person], hashed: Hash, *, sites: tuple[Site, Site], turn: int) -> Round:
    """Measure both sites one after the other, the one that was last first."""
    order = sites if turn % 2 else sites[::-1]
    costs = {site.port: cost(site, people) for site in order}
    repeats = max(4, HASH_REPEATS // hashed.passes)
    return Round(costs[sites[0].port], costs[sites[1].port], hashed.cost(repeats))


def _line(store: Store, hashed: Hash, rounds: Sequence[Round]) -> Line:
    measured = figure([one.ratio for one in rounds])
    budget = f"CPU of a sign-in beyond the hash, {store.value}, {hashed.name}: at most {BUDGET} x bare"
    return Line(budget, measured, "x", at_most(BUDGET, measured), _detail(store, rounds))


def _detail(store: Store, rounds: Sequence[Round]) -> str:
    ours, reference = _shares([one.portal for one in rounds]), _shares([one.bare for one in rounds])
    aim = f"; the aim is {AIM} x" if store is Store.SQLITE else ""
    return f"ms: portal {ours}, bare {reference}, hash {1000 * median(one.hash for one in rounds):.2f} in each{aim}"


def _shares(costs: Sequence[Seconds]) -> str:
    """Return the median of each process tree, in ms."""
    return " + ".join(f"{name} {1000 * median(cost[name] for cost in costs):.2f}" for name in costs[0])
