"""Is a code sent once at most, and never lost in silence, whatever is killed? `python -m bench.faults` tries it, run by run."""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Callable, Iterator

from sqlalchemy import NullPool, create_engine

from bench.faults_plan import Fault, schedule
from bench.faults_run import Seen, run
from bench.faults_town import PEOPLE, VICTIMS, Town, town
from bench.faults_verdict import Heights, faults, settle, states
from bench.people import Person, once_each
from bench.services import Store

RUNS, SEED = 500, 20_261_128
BATCH = 240.0
"""Seconds of runs after which everything is left to settle and looked at: before the first codes among them are over."""


def main() -> int:
    """Try it on both kinds of storage; the exit status is 1 if anything was wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=RUNS, help="on each kind of storage")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--only", choices=[store.name.lower() for store in Store])
    asked = parser.parse_args()
    wrong = [tried(store, asked.runs, asked.seed) for store in Store if asked.only in (None, store.name.lower())]
    return int(any(wrong))


def tried(store: Store, runs: int, seed: int) -> list[str]:
    """Let so many faults happen; everything that should not have been, one line each."""
    begin, wrong, killed = time.monotonic(), list[str](), Counter[str]()
    with town(store) as here:
        people, plan = once_each(PEOPLE), schedule(seed, runs, VICTIMS[store])
        engine, heights = create_engine(here.storage.database, poolclass=NullPool), Heights()
        while seen := _batch(here, plan, people, lambda: heights.look(engine)):
            killed.update(one.fault.victim for one in seen)
            here.behave()
            settle(here, engine, heights)
            found = list(faults(here, engine, heights, seen))
            wrong += [line for line in found if line not in wrong]
            print(f"{store.value}: {sum(killed.values())} of {runs} runs, {len(wrong)} wrong", *wrong, sep="\n  ", flush=True)
        ended, taken = states(engine), [len(each.accepted) for each in here.gateways]
        calls, heard = len(here.gateways[0].calls), sum(map(len, here.postman.heard.values()))
    print(f"{store.value}: {runs} runs with seed {seed} in {time.monotonic() - begin:.0f} s; killed: {_listed(killed)}; "
          f"texts: {taken[0]} and {taken[1]}; calls: {calls}; receipts: {heard}; messages: {_listed(ended)}")
    print("\n".join(wrong) or "Each click was one text at most, nothing was lost in silence, nothing came too late.")
    return wrong


def _batch(here: Town, plan: Iterator[Fault], people: Iterator[Person], look: Callable[[], object]) -> list[Seen]:
    """As many runs as fit into the time, with a look at all messages after each; none when the plan is at its end."""
    end, seen = time.monotonic() + BATCH, list[Seen]()
    while time.monotonic() < end and (fault := next(plan, None)):
        seen.append(run(here, fault, next(people)))
        look()
    return seen


def _listed(counted: Counter[str]) -> str:
    return ", ".join(f"{name} {number}" for name, number in counted.most_common())


if __name__ == "__main__":
    raise SystemExit(main())
