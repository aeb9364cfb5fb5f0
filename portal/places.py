"""Which places do the rows of a list have when one of them moves up or down? PURE."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Move:
    """A list of ids in its new order, and the place of the one that moved, counted from 1, before and after."""

    order: tuple[int, ...]
    before: int
    after: int

    @property
    def told(self) -> dict[str, int]:
        """As a record tells it."""
        return {"before": self.before, "after": self.after}


def moved(order: Sequence[int], which: int, *, up: bool) -> Move | None:
    """`which` of them changes its place with the one above or below it; None if there is none."""
    place = order.index(which)
    other = place - 1 if up else place + 1
    if not 0 <= other < len(order):
        return None
    new = list(order)
    new[place], new[other] = new[other], new[place]
    return Move(tuple(new), place + 1, other + 1)
