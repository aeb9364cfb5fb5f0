"""Does the portal keep its budgets? `python -m bench.run [--quick]` measures and prints one table."""

import argparse
import importlib.util
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType

from bench import drain, growth, pumping, ratio, scan, startup, statements, throughput
from bench.plan import FULL, QUICK, Plan
from bench.table import Line, written

SECTIONS: tuple[Callable[[Plan], Iterator[Line]], ...] = (
    ratio.lines,
    statements.lines,
    startup.lines,
    throughput.lines,
    scan.lines,
    drain.lines,
    pumping.lines,
    growth.lines,
)
COMPILED = ("flask", "sqlalchemy")


def main() -> int:
    """Measure everything; the exit status says whether the bench worked, not what the verdicts are."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="cheap hash, 100 000 users, under four minutes")
    parser.add_argument("--only", choices=[section.__module__.partition(".")[2] for section in SECTIONS])
    asked = parser.parse_args()
    signal.signal(signal.SIGTERM, _leave)
    _require_compiled_files()
    print(written(list(_measured(QUICK if asked.quick else FULL, asked.only))))
    return 0


def _measured(plan: Plan, only: str | None) -> Iterator[Line]:
    """Yield the lines of all sections, saying on the way how far we are."""
    for section in SECTIONS:
        name = section.__module__.partition(".")[2]
        if only in (None, name):
            begin = time.monotonic()
            yield from section(plan)
            print(f"{name}: {time.monotonic() - begin:.0f} s", file=sys.stderr, flush=True)


def _require_compiled_files() -> None:
    """Refuse to judge a start-up that has to compile its libraries first."""
    for name in COMPILED:
        spec = importlib.util.find_spec(name)
        if not spec or not spec.origin or not Path(importlib.util.cache_from_source(spec.origin)).is_file():
            sys.exit(f"{name} has no compiled files: run `python -m compileall -q` on the virtual environment first.")


def _leave(_signal: int, _frame: FrameType | None) -> None:
    """End like Ctrl-C does, so that every server that was started is stopped."""
    raise KeyboardInterrupt


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
