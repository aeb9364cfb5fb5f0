"""Does the simulated attack of the bench cost what is said, and do honest people come in meanwhile?"""

from __future__ import annotations

import pytest

from bench.pumping import Attack, run
from bench.pumping_town import town_of
from bench.services import Store

SOME = Attack(attempts=400, addresses=40, numbers=80, prefixes=4, honest=16, hours=2.0)


@pytest.mark.parametrize("store", [Store.SQLITE, Store.POSTGRESQL])
def test_pumping_costs_a_few_texts_for_each_country_and_nobody_else_notices(store: Store) -> None:
    with town_of(store) as town:
        found = run(town, SOME)
    assert found.attempts == 400
    assert found.honest == 16
    # Else the attack would not have been one: every country is pumped until it is closed.
    assert all(count >= 10 for count in found.texts.values()), found.texts
    assert len(found.texts) == 4
    assert found.texts.total() <= SOME.bound


def test_what_the_whole_attack_may_cost_is_what_is_promised() -> None:
    assert Attack().bound <= 1_200
    assert Attack(hours=24.0).bound <= 1_200
