"""Are moments given out one after the other, to all threads and processes together?"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest

from portal import clock, counters
from tests.counters.place import Place, Wait, in_processes


@pytest.mark.usefixtures("here")
class TestOnePace:
    def test_gives_out_now_and_then_each_following_moment(self, wait: Wait) -> None:
        began = clock.now()

        assert [counters.slot("gateway", 0.2) for _ in range(4)] == pytest.approx([began + n * 0.2 for n in range(4)], abs=1e-4)

    def test_saves_nothing_up(self, wait: Wait) -> None:
        counters.slot("gateway", 0.2)
        wait(60)

        assert [counters.slot("gateway", 0.2) - clock.now() for _ in range(2)] == pytest.approx([0, 0.2], abs=1e-4)

    def test_does_not_delay_another(self, wait: Wait) -> None:
        for _ in range(10):
            counters.slot("gateway", 1)

        assert counters.slot("another", 1) == pytest.approx(clock.now(), abs=1e-4)

    def test_takes_another_pace_from_the_next_moment_on(self, wait: Wait) -> None:
        began = clock.now()
        counters.slot("gateway", 1)

        assert counters.slot("gateway", 10) == pytest.approx(began + 1, abs=1e-4)
        assert counters.slot("gateway", 1) == pytest.approx(began + 11, abs=1e-4)

    def test_survives_tidying(self, wait: Wait) -> None:
        began = clock.now()
        counters.slot("gateway", 5)
        counters.tidy()

        assert counters.slot("gateway", 5) == pytest.approx(began + 5, abs=1e-4)


def test_no_moment_is_given_out_twice_over_threads_and_processes(place: Place) -> None:
    def several() -> list[float]:
        app = place.app()

        def once(_number: int) -> float:
            with app.app_context():
                return counters.slot("gateway", 0.05)

        with ThreadPoolExecutor(4) as pool:
            return list(pool.map(once, range(20)))

    given = sorted(moment for moments in in_processes(several) for moment in moments)

    assert len(given) == 80
    assert min(later - earlier for earlier, later in pairwise(given)) >= 0.049


def test_without_any_store_nobody_gets_a_moment(gone: Place) -> None:
    with gone.app().app_context(), pytest.raises(counters.CountersGone):
        counters.slot("gateway", 1)
