"""Does Flask-Limiter count where everything else counts?"""

from __future__ import annotations

import multiprocessing
import threading

import pytest
from flask import Flask
from flask_limiter import Limiter

from portal import clock, counters
from portal.counters import CountersGone
from tests.counters.place import Place, in_processes
from tests.servers import Redis


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

    @pytest.mark.usefixtures("patient")
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
