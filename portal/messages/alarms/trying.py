"""Would the operator hear an alarm? One that says that it is a test is told by every way; of these there are few in an hour."""

from __future__ import annotations

from portal import clock, counters
from portal.counters import Ask
from portal.extensions import settings
from portal.messages.alarms import telling
from portal.messages.alarms.telling import Told
from portal.messages.alarms.words import test_news
from portal.messages.allowances import HOUR, Spent

MOST_IN_AN_HOUR = 10
"""From all administrators together: a stolen session must not fill the mailboxes and the chat that real alarms go to."""
_KEY = "test alarms"


def tell() -> list[Told] | Spent:
    """Tell of nothing by every way, and what came of each; or how long there is to be none. Raises CountersGone."""
    hit = counters.take(Ask(_KEY, HOUR))[0]
    if hit.count > MOST_IN_AN_HOUR:
        return Spent(_KEY, hit.ends_at - clock.now())
    return telling.tell(settings(), [test_news()])
