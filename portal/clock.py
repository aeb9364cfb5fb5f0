"""What time is it? The one place that asks, so that a test can answer."""

from __future__ import annotations

import time
from collections.abc import Callable

source: Callable[[], float] = time.time


def now() -> float:
    """The current instant as seconds since 1970-01-01 UTC, the form of every instant in the database."""
    return source()
