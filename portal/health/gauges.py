"""How do the portal's parts stand at this moment, in numbers for a monitoring system?"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator

from portal import clock
from portal.messages import alarms, backlog, sender, standing
from portal.messages.guard.doors import Door, door
from portal.metrics import Reading
from portal.models import AlarmKind

log = logging.getLogger(__name__)

DATABASE, SENDER = "portal_database_up", "portal_sender_up"
QUEUE, AGE = "portal_queue_messages", "portal_queue_oldest_seconds"
ALARMS, PREFIXES = "portal_alarms_ringing", "portal_closed_prefixes"
NAMES = (DATABASE, SENDER, QUEUE, AGE, ALARMS, PREFIXES)


def readings() -> list[Reading]:
    """All gauges; those of a database that does not answer are left out, so that no old number is taken for a new one."""
    try:
        found = [reading for read in _READS for reading in read()]
    except Exception as error:
        log.warning("gauges cannot be read: %s", type(error).__name__)
        return [_database(up=False)]
    return [_database(up=True), *found]


def _database(*, up: bool) -> Reading:
    return Reading(DATABASE, "1 if the database answers", float(up))


def _sender() -> Iterator[Reading]:
    yield Reading(SENDER, "1 if a sender was heard of in the last 20 seconds", float(sender.alive()))


def _queue() -> Iterator[Reading]:
    now = backlog.present()
    yield Reading(QUEUE, "Messages that wait or are being handed over", now.depth)
    yield Reading(AGE, "For how long the oldest message that waits has done so", now.age)


def _alarms() -> Iterator[Reading]:
    ringing = [alarm.kind for alarm in alarms.ringing()]
    for kind in AlarmKind:
        yield Reading(ALARMS, "Alarms that ring, by kind", ringing.count(kind), {"kind": kind.value})


def _prefixes() -> Iterator[Reading]:
    now, closed = clock.now(), standing.current().closed.values()
    shut = sum(door(each, now) is not Door.OPEN for each in closed)
    yield Reading(PREFIXES, "Calling codes whose new numbers get no codes, or a few to try", shut)


_READS: tuple[Callable[[], Iterator[Reading]], ...] = (_sender, _queue, _alarms, _prefixes)
