"""Has every event a name, and everything that can end it a word?"""

from __future__ import annotations

import pytest

from portal.audit import What
from portal.messages.receipts.signed import Refusal
from portal.models import Ending, MessageState
from portal.signin.codes import Obstacle
from portal.signin.policy import Reason
from portal.web.events import EVENTS, OUTCOMES


def test_every_event_has_a_name_of_its_own() -> None:
    assert set(EVENTS) == set(What)
    assert len({str(words) for words in EVENTS.values()}) == len(EVENTS)


@pytest.mark.parametrize("kind", [Reason, Ending, MessageState, Obstacle, Refusal])
def test_every_known_outcome_has_words(kind: type[What]) -> None:
    assert not [member for member in kind if member.value not in OUTCOMES]
