"""Does a sign-in cost more in a portal of many users than in one of few?"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import islice
from statistics import median

from bench.blocks import Identifier, by_username, cost, warm
from bench.hashing import CHEAP
from bench.people import Person, fill_portal, once_each
from bench.plan import Plan
from bench.servers import Site, migrate, portal, portal_settings
from bench.services import Store, services
from bench.table import Line
from bench.verdicts import at_most, figure

BUDGET = 1.05
FEW = 1_000
WARM_UP = 32  # people
IDENTIFIERS: Mapping[str, Identifier] = {
    "username": by_username,
    "phone": lambda person: person.phone,
    "email": lambda person: person.email,
}


@dataclass(frozen=True)
class Pool:
    """A portal and those of its users who have not signed in yet."""

    site: Site
    people: Iterator[Person]


def lines(plan: Plan) -> Iterator[Line]:
    """Compare two portals by every identifier."""
    for store in plan.growth_stores:
        with ExitStack() as stack:
            few, many = (_open(stack, store, count) for count in (FEW, plan.many_users))
            rounds = [_round(plan, few=few, many=many, turn=turn) for turn in plan.turns(plan.growth_rounds)]
        yield from (_line(plan, store, name, [one[name] for one in rounds]) for name in IDENTIFIERS)


def _open(stack: ExitStack, store: Store, count: int) -> Pool:
    storage = stack.enter_context(services(store))
    settings = portal_settings(storage, CHEAP)
    migrate(settings)
    fill_portal(storage, count=count, hashed=CHEAP)
    pool = Pool(stack.enter_context(portal(storage, settings)), once_each(count))
    warm(pool.site, list(islice(pool.people, WARM_UP)))
    return pool


def _round(plan: Plan, *, few: Pool, many: Pool, turn: int) -> dict[str, tuple[float, float]]:
    """Return for every identifier the processor seconds of a sign-in among few and among many users."""
    order = (few, many) if turn % 2 else (many, few)
    costs = {name: [_cost(plan, pool, identifier) for pool in order] for name, identifier in IDENTIFIERS.items()}
    return {name: (pair[0], pair[1]) if turn % 2 else (pair[1], pair[0]) for name, pair in costs.items()}


def _cost(plan: Plan, pool: Pool, identifier: Identifier) -> float:
    people = list(islice(pool.people, plan.growth_block))
    return sum(cost(pool.site, people, identifier=identifier).values())


def _line(plan: Plan, store: Store, name: str, pairs: Sequence[tuple[float, float]]) -> Line:
    measured = figure([many / few for few, many in pairs])
    budget = f"CPU of a sign-in by {name} among {plan.many_users:,} users, {store.value}: at most {BUDGET} x {FEW:,}"
    milliseconds = [1000 * median(column) for column in zip(*pairs, strict=True)]
    detail = f"{milliseconds[0]:.2f} ms among {FEW:,}, {milliseconds[1]:.2f} ms among {plan.many_users:,}; {CHEAP.name}"
    return Line(budget, measured, "x", at_most(BUDGET, measured), detail)
