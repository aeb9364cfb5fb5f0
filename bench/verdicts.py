"""Do the figures of several rounds keep a budget, miss it, or leave it open?

PURE. The interval is that of the sign test: the order statistics that hold the median with at least 95 %. It assumes
no distribution, needs no random numbers, and widens by itself when a busy machine scatters the rounds.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from statistics import median

CONFIDENCE = 0.95
FEWEST_ROUNDS = 6  # below this no pair of order statistics holds the median with 95 %


class Verdict(Enum):
    """What may be said about a budget."""

    MET = "met"
    MISSED = "missed"
    NOT_RESOLVED = "not resolved"


@dataclass(frozen=True)
class Figure:
    """The median of the rounds with its interval, in the unit of the rounds."""

    low: float
    middle: float
    high: float
    rounds: int


@dataclass(frozen=True)
class Judgement:
    """A verdict; `rounds_needed` is set only where it is not resolved and more rounds could resolve it."""

    verdict: Verdict
    rounds_needed: int | None = None


def figure(values: Sequence[float]) -> Figure:
    """Return median and 95 % interval of `values`, one per round; infinite interval below six rounds."""
    ordered = sorted(values)
    middle = median(ordered)
    outer = _order_from_either_end(len(ordered))
    if outer is None:
        return Figure(-math.inf, middle, math.inf, len(ordered))
    return Figure(ordered[outer], middle, ordered[-1 - outer], len(ordered))


def exact(values: Sequence[float]) -> Figure:
    """Return the figure of something that is counted, not sampled: its interval is smallest to largest."""
    return Figure(min(values), median(values), max(values), len(values))


def at_most(budget: float, measured: Figure) -> Judgement:
    """Judge `measured` against an upper bound in the same unit."""
    if measured.high <= budget:
        return Judgement(Verdict.MET)
    if measured.low > budget:
        return Judgement(Verdict.MISSED)
    return Judgement(Verdict.NOT_RESOLVED, _rounds_needed(budget, measured))


def at_least(budget: float, measured: Figure) -> Judgement:
    """Judge `measured` against a lower bound in the same unit."""
    mirrored = Figure(-measured.high, -measured.middle, -measured.low, measured.rounds)
    return at_most(-budget, mirrored)


def _order_from_either_end(rounds: int) -> int | None:
    """Return how many values may be dropped at each end while the rest still holds the median with 95 %."""
    tail = 0.0
    for dropped in range(rounds):
        tail += math.comb(rounds, dropped) / 2**rounds
        if tail > (1 - CONFIDENCE) / 2:
            return dropped - 1 if dropped else None
    return None


def _rounds_needed(budget: float, measured: Figure) -> int | None:
    """Return the rounds that would part interval and budget, as it shrinks with their square root."""
    if measured.rounds < FEWEST_ROUNDS:
        return FEWEST_ROUNDS
    distance = abs(budget - measured.middle)
    reach = measured.high - measured.middle if measured.middle <= budget else measured.middle - measured.low
    if distance == 0 or not math.isfinite(reach):
        return None
    return max(measured.rounds + 1, math.ceil(measured.rounds * (reach / distance) ** 2))
