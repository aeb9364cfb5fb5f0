"""When may the next message leave by a gateway, which takes only so many a second from all senders together?"""

from __future__ import annotations

from portal import clock, counters
from portal.counters import CountersGone
from portal.extensions import settings
from portal.messages.routing.register import Gateway
from portal.models import GatewayKind


def turn(gateway: Gateway) -> float:
    """In how many seconds it is our turn. Whoever asks has taken it, and nobody else gets it."""
    if gateway.kind is GatewayKind.INBOX:
        return 0.0
    try:
        return max(0.0, counters.slot(f"gateway:{gateway.name}", 1 / gateway.per_second) - clock.now())
    except CountersGone:
        return _alone(gateway)


def _alone(gateway: Gateway) -> float:
    """Without the others' count, each thread waits as long as all threads of this sender take turns, and a second at least."""
    return max(1.0, settings().portal_sender_threads / gateway.per_second)
