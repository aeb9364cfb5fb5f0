"""Does every list of the console stay quick at a million users? `python -m bench.console [--quick]` prints one table."""

import argparse
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bench import console_town
from bench.console_asked import Asked, Reader, portal
from bench.console_database import Database, database
from bench.console_questions import Question, questions
from bench.console_rows import Town
from bench.hashing import CHEAP
from bench.run import _leave
from bench.servers import migrate, portal_settings
from bench.services import Store, services
from bench.table import Line, written
from bench.verdicts import Judgement, Verdict, at_most, exact, figure

BUDGET = 50.0  # milliseconds of SQL for one page
TRIES = 2  # of each page, to find the slowest
ROUNDS, SLOWEST = 15, 3  # how often how many of the slowest pages of a line are asked again
QUICKLY = 5  # a quick run asks one question in so many


@dataclass(frozen=True)
class Answered:
    """One page: what it asked the database, for how long, and what is wrong with the plans."""

    question: Question
    asked: list[Asked]
    milliseconds: float
    faults: list[str]


def main() -> int:
    """Measure both databases; return 1 if something is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the rows, a fifth of the pages")
    parser.add_argument("--only", choices=[store.name.lower() for store in Store])
    asked = parser.parse_args()
    signal.signal(signal.SIGTERM, _leave)
    towns = console_town.QUICK if asked.quick else console_town.FULL
    stores = [store for store in Store if asked.only in (None, store.name.lower())]
    lines = [line for store in stores for line in _lines(store, towns[store], every=QUICKLY if asked.quick else 1)]
    print(written(lines))
    return int(any(line.judgement.verdict is Verdict.MISSED for line in lines))


def _lines(store: Store, town: Town, *, every: int) -> Iterator[Line]:
    begin = time.monotonic()
    with services(store) as storage:
        settings = {**portal_settings(storage, CHEAP), "PORTAL_HOME_COUNTRY": "GB"}
        migrate(settings)
        console_town.fill(storage, town)
        _say(f"{store.value}: filled in {time.monotonic() - begin:.0f} s")
        with portal(settings) as reader, database(storage.database) as again:
            found = [_answered(reader, again, question) for question in _some(list(questions(again, town)), every)]
            yield from _judged(store, again, found)
    _say(f"{store.value}: {len(found)} pages, {time.monotonic() - begin:.0f} s in all")


def _some(asked: Sequence[Question], every: int) -> list[Question]:
    """One in so many of the questions of each line."""
    by_line: dict[str, list[Question]] = {}
    for one in asked:
        by_line.setdefault(one.what, []).append(one)
    return [each for questions in by_line.values() for each in questions[::every]]


def _answered(reader: Reader, again: Database, question: Question) -> Answered:
    """Open a page, and ask the database the same again, for the work and for the plans."""
    asked = reader.opens(question.path)
    return Answered(question, asked, min(again.work(asked) for _ in range(TRIES)), again.faults(asked))


def _judged(store: Store, again: Database, found: Sequence[Answered]) -> Iterator[Line]:
    for what in dict.fromkeys(each.question.what for each in found):
        of_it = [each for each in found if each.question.what == what]
        yield _time(store, again, of_it, what)
        yield from _plans(store, of_it, what)


def _time(store: Store, again: Database, found: Sequence[Answered], what: str) -> Line:
    """Measure the slowest pages properly, and judge the line by the one that is slowest then."""
    slowest = sorted(found, key=lambda each: -each.milliseconds)[:SLOWEST]
    figures = {each.question.path: figure([again.work(each.asked) for _ in range(ROUNDS)]) for each in slowest}
    path, measured = max(figures.items(), key=lambda each: each[1].middle)
    missed = sum(each.milliseconds > BUDGET for each in found)
    detail = f"the slowest of {len(found)}: {path}" + (f"; {missed} were slower than {BUDGET:.0f} ms" if missed else "")
    return Line(f"{what}, {store.value}: SQL at most {BUDGET:.0f} ms", measured, "ms", at_most(BUDGET, measured), detail)


def _plans(store: Store, found: Sequence[Answered], what: str) -> Iterator[Line]:
    """A line for what reads too much, if something does."""
    faulty = [each for each in found if each.faults]
    if faulty:
        told = f"{faulty[0].question.path}: {'; '.join(faulty[0].faults)}"
        budget = f"{what}, {store.value}: no page reads a big table"
        yield Line(budget, exact([len(faulty)]), "pages", Judgement(Verdict.MISSED), told)


def _say(said: str) -> None:
    print(said, file=sys.stderr, flush=True)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
