"""Do the counters count exactly over threads and processes, and stay shut when their stores fail?"""

from __future__ import annotations

import logging
import multiprocessing
import re
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import TypeVar

import pytest
from flask import Flask
from flask_limiter import Limiter

from config import Settings
from portal import clock, counters
from portal.counters import Ask, CountersGone, Hit
from portal.database import prepare
from portal.extensions import db
from tests.servers import ROOT, Postgres, Redis

Answer = TypeVar("Answer")
Wait = Callable[[float], None]
TRY = Ask("try", 60)
LOOK = Ask("try", 60, amount=0)


class Place:
    """Where one portal counts. `app()` is what each of its processes would make."""

    def __init__(self, database: str, redis: str = "") -> None:
        driver = database.replace("postgresql://", "postgresql+psycopg://")
        self.settings = Settings(database_url=driver, redis_url=redis)

    def app(self) -> Flask:
        app = Flask("counting")
        app.config.update(PORTAL=self.settings, SQLALCHEMY_DATABASE_URI=self.settings.database_url)
        db.init_app(app)
        counters.init_app(app)
        with app.app_context():
            prepare(db.engine)
        return app

    @property
    def file(self) -> Path:
        return Path(f"{self.settings.sqlite_path}-counters")


@pytest.fixture
def file(tmp_path: Path) -> Place:
    return Place(beside(tmp_path))


@pytest.fixture
def table(postgres: str) -> Place:
    return Place(postgres)


@pytest.fixture
def server(redis_server: Redis, tmp_path: Path) -> Place:
    return Place(beside(tmp_path), redis_server.url)


@pytest.fixture(params=["file", "table", "server"])
def place(request: pytest.FixtureRequest) -> Place:
    found: Place = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def here(place: Place) -> Iterator[Place]:
    with place.app().app_context():
        yield place


@pytest.fixture
def wait(monkeypatch: pytest.MonkeyPatch) -> Wait:
    """A clock that stands still until it is moved."""
    instant = [1_790_000_000.123456]
    monkeypatch.setattr(clock, "source", lambda: instant[0])

    def move(seconds: float) -> None:
        instant[0] += seconds

    return move


def beside(folder: Path) -> str:
    """The address of a main database whose counters lie in this folder."""
    return f"sqlite:///{folder / 'portal.db'}"


def say(redis: Redis, *command: str) -> str:
    """What Redis answers to a command from outside the portal."""
    program = ["redis-cli", "-p", str(redis.port), *command]
    return subprocess.run(program, check=True, capture_output=True, text=True).stdout


def in_processes(work: Callable[[], Answer], processes: int = 4) -> list[Answer]:
    """What `work` returned in each of several processes that ran at the same time."""
    context = multiprocessing.get_context("fork")
    answers = context.Queue()
    started = [context.Process(target=lambda: answers.put(work())) for _ in range(processes)]
    for process in started:
        process.start()
    found = [answers.get(timeout=60) for _ in started]
    for process in started:
        process.join()
    return found


def counts(*asks: Ask) -> list[int]:
    return [hit.count for hit in counters.take(*asks)]


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
        place = Place(beside(tmp_path / str(attempt)))
        place.file.parent.mkdir()
        gate = multiprocessing.get_context("fork").Barrier(8)

        def hit(place: Place = place, gate: Barrier = gate) -> int:
            app = place.app()
            gate.wait(30)
            with app.app_context():
                return counts(TRY)[0]

        assert sorted(in_processes(hit, processes=8)) == list(range(1, 9))


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
from tests.test_counters import Place
from portal import counters
with Place({file.settings.database_url!r}).app().app_context():
    counters.take(counters.Ask("try", 60))
sys.exit("redis" in sys.modules)
"""
    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False).returncode == 0


def test_redis_is_asked_once_for_many_counters(redis_server: Redis, server: Place) -> None:
    with server.app().app_context():
        counters.take(TRY)
        before = requests(redis_server)
        counters.take(TRY, LOOK, Ask("another", 60, renew=True))
        assert requests(redis_server) - before == 2, "one of ours and the question itself"


def requests(redis: Redis) -> int:
    """How many commands clients have sent, those inside of scripts apart."""
    calls = dict(re.findall(r"cmdstat_(\w+)[^:]*:calls=(\d+)", say(redis, "info", "commandstats")))
    return sum(int(count) for name, count in calls.items() if name not in ("hmget", "hset", "expire"))


@pytest.fixture(params=["file", "table"])
def mortal(request: pytest.FixtureRequest, redis_server: Redis) -> Place:
    lasting: Place = request.getfixturevalue(request.param)
    return Place(lasting.settings.database_url, redis_server.url)


class TestWithoutRedis:
    def test_all_processes_go_on_counting_together(self, mortal: Place, redis_server: Redis) -> None:
        def hits() -> list[int]:
            with mortal.app().app_context():
                return [counts(TRY)[0] for _ in range(25)]

        in_processes(hits)
        redis_server.kill()
        seen = [count for process in in_processes(hits) for count in process]
        assert sorted(seen) == list(range(1, 101))

    def test_it_is_said_once_and_redis_is_taken_up_again(
        self, mortal: Place, redis_server: Redis, caplog: pytest.LogCaptureFixture,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr("portal.counters.fallback.SECONDS_UNASKED", 0.2)
        with mortal.app().app_context(), caplog.at_level(logging.INFO):
            assert counts(TRY) == [1]
            redis_server.kill()
            assert [counts(TRY)[0] for _ in range(3)] == [1, 2, 3]
            time.sleep(0.3)
            assert counts(TRY) == [4]
            redis_server.start()
            time.sleep(0.3)
            assert [counts(TRY)[0] for _ in range(3)] == [1, 2, 3]
        said = [record.getMessage() for record in caplog.records if record.name.startswith("portal")]
        assert len(said) == 2
        assert "does not answer" in said[0]
        assert "answers again" in said[1]
        assert str(redis_server.port) not in " ".join(said)

    def test_a_redis_that_hangs_holds_up_one_request_for_a_quarter_second(
        self, mortal: Place, redis_server: Redis,
    ) -> None:
        with mortal.app().app_context():
            counters.take(TRY)
            redis_server.freeze()
            began = time.monotonic()
            assert [counts(TRY)[0] for _ in range(20)] == list(range(1, 21))
            assert 0.2 < time.monotonic() - began < 1.5

    def test_a_connection_that_redis_closed_is_no_outage(
        self, mortal: Place, redis_server: Redis, caplog: pytest.LogCaptureFixture,
    ) -> None:
        with mortal.app().app_context():
            counters.take(TRY)
            say(redis_server, "client", "kill", "type", "normal", "skipme", "yes")
            assert counts(TRY) == [2]
        assert not [record for record in caplog.records if record.name.startswith("portal")]

    def test_a_script_that_redis_forgot_is_sent_again(self, mortal: Place, redis_server: Redis) -> None:
        with mortal.app().app_context():
            counters.take(TRY)
            say(redis_server, "script", "flush")
            assert counts(TRY) == [2]


@pytest.fixture(params=["an unusable file", "a stopped server"])
def gone(request: pytest.FixtureRequest, tmp_path: Path, redis_server: Redis) -> Place:
    """A portal whose counters lie nowhere: Redis is dead, and so is what stands beside the database."""
    redis_server.kill()
    if request.param == "an unusable file":
        (tmp_path / "portal.db-counters").write_bytes(b"this is no database" * 100)
        return Place(beside(tmp_path), redis_server.url)
    server: Postgres = request.getfixturevalue("own_postgres")
    place = Place(server.empty(), redis_server.url)
    server.kill()
    return place


def test_without_any_store_nothing_is_answered(gone: Place) -> None:
    with gone.app().app_context():
        for question in (TRY, LOOK):
            with pytest.raises(CountersGone):
                counters.take(question)
        for change in (counters.give_back, counters.clear):
            with pytest.raises(CountersGone):
                change("try")
        with pytest.raises(CountersGone):
            counters.tidy()


def limited(place: Place) -> Flask:
    """A page that may be posted to 25 times a minute, and that says "not now" when nobody counts."""
    app = place.app()
    limiter = Limiter(key_func=lambda: "192.0.2.1", app=app)

    @app.post("/page")
    @limiter.limit("25/minute")
    def page() -> str:
        return "in"

    app.register_error_handler(CountersGone, lambda _: ("not now", 503))
    return app


def posts(app: Flask, times: int) -> list[int]:
    browser = app.test_client()
    return [browser.post("/page").status_code for _ in range(times)]


class TestThePageLimiter:
    def test_lets_exactly_its_limit_through_over_four_processes(self, place: Place) -> None:
        answers = in_processes(lambda: posts(limited(place), 20))
        statuses = [status for process in answers for status in process]
        assert statuses.count(200) == 25
        assert statuses.count(429) == 55

    def test_goes_on_limiting_when_redis_dies_in_between(self, mortal: Place, redis_server: Redis) -> None:
        ready, dead = (multiprocessing.get_context("fork").Event() for _ in range(2))
        barrier = multiprocessing.get_context("fork").Barrier(4, action=ready.set)

        def work() -> list[int]:
            app = limited(mortal)
            before = posts(app, 20)
            barrier.wait(30)
            assert dead.wait(30)
            return before + posts(app, 20)

        def kill() -> None:
            assert ready.wait(40)
            redis_server.kill()
            dead.set()

        killer = threading.Thread(target=kill)
        killer.start()
        statuses = [status for process in in_processes(work) for status in process]
        killer.join()
        assert statuses.count(200) == 50, "the limit once in each store"
        assert statuses.count(429) == 110

    def test_says_not_now_when_nobody_counts(self, gone: Place) -> None:
        assert posts(limited(gone), 5) == [503] * 5

    def test_can_say_when_its_window_closes_and_whether_it_works(self, file: Place) -> None:
        app = limited(file)
        with app.app_context():
            storage = counters.SharedStorage("portal://")
            assert storage.check()
            assert storage.incr("page", 60) == 1
            assert storage.incr("page", 60, 4) == storage.get("page") == 5
            assert storage.get_expiry("page") == pytest.approx(clock.now() + 60, abs=5)
            storage.clear("page")
            assert storage.get("page") == 0

    def test_does_not_work_without_a_store(self, gone: Place) -> None:
        with gone.app().app_context():
            assert not counters.SharedStorage("portal://").check()
