"""What is asked of a directory, and how long may it take?"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from portal.sources.faults import Fault, SourceFault, Steps
from portal.sources.register import Source

_SHORTEST = 0.05


@dataclass(frozen=True)
class Question:
    """Whose `identifier` and `password` are these? `secret`: the search account's. `may_try`: see `check`."""

    source: Source
    identifier: str = field(repr=False)
    password: str = field(repr=False)
    secret: str | None = field(repr=False)
    may_try: Callable[[str], bool]
    steps: Steps


@dataclass(frozen=True)
class Deadline:
    """The instant, on the clock that only goes forward, at which nobody waits any longer."""

    ends_at: float

    def left(self) -> float:
        """Seconds that are left. Raises SourceFault when there are none."""
        left = self.ends_at - time.monotonic()
        if left < _SHORTEST:
            raise SourceFault(Fault.TOO_SLOW)
        return left
