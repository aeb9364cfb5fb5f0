"""Do the counters stay shared and shut when their stores fail?"""

from __future__ import annotations

import logging
import re
import time

import pytest

from portal import counters
from portal.counters import Ask, CountersGone
from tests.counters.place import LOOK, TRY, Place, counts, in_processes, say
from tests.servers import Redis


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


class TestWithoutRedis:
    @pytest.mark.usefixtures("patient")
    def test_all_processes_go_on_counting_together(self, mortal: Place, redis_server: Redis) -> None:
        def hits() -> list[int]:
            with mortal.app().app_context():
                return [counts(TRY)[0] for _ in range(25)]

        in_processes(hits)
        redis_server.kill()
        seen = [count for process in in_processes(hits) for count in process]
        assert sorted(seen) == list(range(1, 101))

    @pytest.mark.usefixtures("patient")
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
            assert 0.2 < time.monotonic() - began < 4, "20 times a quarter second are 5"

    @pytest.mark.usefixtures("patient")
    def test_a_connection_that_redis_closed_is_no_outage(
        self, mortal: Place, redis_server: Redis, caplog: pytest.LogCaptureFixture,
    ) -> None:
        with mortal.app().app_context():
            counters.take(TRY)
            say(redis_server, "client", "kill", "type", "normal", "skipme", "yes")
            assert counts(TRY) == [2]
        assert not [record for record in caplog.records if record.name.startswith("portal")]

    @pytest.mark.usefixtures("patient")
    def test_a_script_that_redis_forgot_is_sent_again(self, mortal: Place, redis_server: Redis) -> None:
        with mortal.app().app_context():
            counters.take(TRY)
            say(redis_server, "script", "flush")
            assert counts(TRY) == [2]


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
