"""Whatever is killed at whatever moment: is a click one text at most, and is nobody left in the dark?"""

from __future__ import annotations

import pytest

from bench.faults import tried
from bench.faults_town import VICTIMS
from bench.services import Store


@pytest.mark.parametrize("store", list(Store), ids=["sqlite", "postgresql and redis"])
def test_whatever_is_killed_a_click_is_one_text_at_most_and_none_is_lost_in_silence(store: Store) -> None:
    assert tried(store, runs=2 * len(VICTIMS[store]), seed=7) == []
