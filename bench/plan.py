"""How thorough is this run?"""

import time
from collections.abc import Iterator
from dataclasses import dataclass

from bench.hashing import CHEAP, SHIPPED, Hash
from bench.services import Store
from bench.verdicts import FEWEST_ROUNDS


@dataclass(frozen=True)
class Plan:
    """Rounds and sizes of every section.

    A block is the number of people who sign in for one figure of one round; a window is the same for throughput.
    `seconds` ends a series of rounds early on a busy machine: a verdict may stay open, the bench may not run on.
    """

    seconds: float
    hashes: tuple[Hash, ...]
    ratio_rounds: int
    ratio_block: int
    starts: int
    windows: int
    window: int
    many_users: int
    growth_stores: tuple[Store, ...]
    growth_rounds: int
    growth_block: int

    def turns(self, most: int) -> Iterator[int]:
        """Count the rounds of one series from 0: `most`, or as many as there is time for, but never too few to judge."""
        end = time.monotonic() + self.seconds
        for turn in range(most):
            if turn >= FEWEST_ROUNDS and time.monotonic() > end:
                return
            yield turn


FULL = Plan(
    seconds=180.0,
    hashes=(CHEAP, SHIPPED),
    ratio_rounds=40,
    ratio_block=15,
    starts=12,
    windows=15,
    window=80,
    many_users=1_000_000,
    growth_stores=tuple(Store),
    growth_rounds=16,
    growth_block=20,
)
QUICK = Plan(
    seconds=18.0,
    hashes=(CHEAP,),
    ratio_rounds=15,
    ratio_block=10,
    starts=6,
    windows=6,
    window=28,
    many_users=100_000,
    growth_stores=(Store.SQLITE,),
    growth_rounds=9,
    growth_block=8,
)
