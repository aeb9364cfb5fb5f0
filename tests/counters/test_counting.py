"""Does each counter count exactly, over threads and processes?"""

from __future__ import annotations

import multiprocessing
import sqlite3
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask import Flask

from portal import clock, counters
from portal.counters import Ask, Hit
from tests.counters.place import LOOK, TRY, Place, Wait, beside, counts, in_processes
from tests.servers import ROOT


@pytest.mark.usefixtures("here")
class TestOneCounter:
    def test_counts_to_its_window_s_end_and_then_begins_anew(self, wait: Wait) -> None:
        began = clock.now()
        assert counters.take(TRY) == [Hit(1, began + 60)]
        wait(59)
        assert counters.take(TRY) == [Hit(2, began + 60)]
        wait(1)
        assert counters.take(TRY) == [Hit(1, began + 120)]

    def test_that_renews_is_cleared_only_by_quiet(self, wait: Wait) -> None:
        patient = Ask("try", 60, renew=True)
        for count in (1, 2, 3):
            assert counters.take(patient) == [Hit(count, clock.now() + 60)]
            wait(59)
        wait(1)
        assert counts(patient) == [1]

    def test_can_be_looked_at_without_counting(self, wait: Wait) -> None:
        assert counters.take(LOOK) == [Hit(0, clock.now())]
        seen = counters.take(TRY)
        wait(30)
        assert counters.take(LOOK) == counters.take(LOOK) == seen
        wait(30)
        assert counters.take(LOOK) == [Hit(0, clock.now())]

    def test_a_look_does_not_lengthen_a_window_that_renews(self, wait: Wait) -> None:
        counters.take(Ask("try", 60, renew=True))
        wait(30)
        ends = clock.now() + 30
        assert counters.take(Ask("try", 60, amount=0, renew=True)) == [Hit(1, ends)]

    def test_takes_several_at_a_time(self) -> None:
        assert counts(Ask("try", 60, amount=3), TRY, LOOK, Ask("another", 60)) == [3, 4, 4, 1]

    def test_gives_back_what_was_taken_but_no_more(self) -> None:
        counters.take(TRY, TRY, Ask("another", 60))
        counters.give_back("try", "another", "unknown")
        assert counts(LOOK, Ask("another", 60, 0), Ask("unknown", 60, 0)) == [1, 0, 0]
        counters.give_back("try", "try", "try")
        assert counts(LOOK) == [0]

    def test_gives_nothing_back_into_a_later_window(self, wait: Wait) -> None:
        counters.take(TRY)
        wait(60)
        counters.give_back("try")
        assert counts(TRY) == [1]

    def test_is_forgotten_when_cleared_and_no_other_is(self) -> None:
        counters.take(TRY, Ask("another", 60))
        counters.clear("try", "unknown")
        assert counts(TRY, Ask("another", 60)) == [1, 2]

    def test_can_have_any_name_that_a_person_may_type(self) -> None:
        names = ["a\0b", "a", "\ud800", "x" * 1_000_000, "x" * 999_999, "张三", "a b", "%s:key", "", "'"]
        for count in (1, 2):
            assert counts(*(Ask(name, 60) for name in names)) == [count] * len(names)
        counters.clear(*names)
        assert counts(*(Ask(name, 60, 0) for name in names)) == [0] * len(names)

    def test_asked_for_nothing_does_nothing(self) -> None:
        assert counters.take() == []
        counters.give_back()
        counters.clear()


def test_no_hit_is_lost_or_counted_twice_over_threads_and_processes(place: Place) -> None:
    def hits() -> list[int]:
        app = place.app()

        def one(number: int) -> int:
            with app.app_context():
                first, last = counts(*((TRY, LOOK) if number % 2 else (LOOK, TRY)))
                return first if number % 2 else last

        with ThreadPoolExecutor(4) as threads:
            return list(threads.map(one, range(50)))

    seen = [count for process in in_processes(hits) for count in process]
    assert sorted(seen) == list(range(1, 201))


@pytest.mark.parametrize("place", ["file", "server"], indirect=True)
def test_a_process_may_fork_after_it_has_counted(place: Place) -> None:
    app = place.app()

    def hits() -> int:
        with app.app_context():
            return [counts(TRY)[0] for _ in range(50)][-1]

    assert hits() == 50
    assert max(in_processes(hits)) == 250
    assert hits() == 300


@pytest.mark.parametrize("place", ["file", "table"], indirect=True)
@pytest.mark.usefixtures("here")
def test_tidying_deletes_what_has_expired_and_nothing_else(wait: Wait) -> None:
    counters.take(*(Ask(f"old {number}", 60) for number in range(5)), Ask("open", 61))
    wait(60)
    assert counters.tidy() == 5
    assert counters.tidy() == 0
    assert counts(Ask("open", 61)) == [2]


def test_processes_that_open_a_new_file_at_the_same_moment_all_count(tmp_path: Path) -> None:
    for attempt in range(20):
        folder = tmp_path / str(attempt)
        folder.mkdir()
        assert sorted(first_hits(Place(beside(folder)).app())) == list(range(1, 9))


def first_hits(app: Flask) -> list[int]:
    """What eight processes count that all begin at the same moment."""
    gate = multiprocessing.get_context("fork").Barrier(8)

    def hit() -> int:
        gate.wait(60)
        with app.app_context():
            return counts(TRY)[0]

    return in_processes(hit, processes=8)


def test_a_file_locked_by_another_program_is_waited_for(file: Place) -> None:
    with file.app().app_context():
        counters.take(TRY)
        other = sqlite3.connect(file.file, isolation_level=None, check_same_thread=False)
        other.execute("begin immediate")
        threading.Timer(1.5, lambda: other.execute("rollback")).start()
        assert counts(TRY) == [2]


def test_redis_is_not_loaded_where_none_is_set(file: Place) -> None:
    program = f"""
import sys
from tests.counters.place import Place
from portal import counters
with Place({file.settings.database_url!r}).app().app_context():
    counters.take(counters.Ask("try", 60))
sys.exit("redis" in sys.modules)
"""
    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False).returncode == 0
