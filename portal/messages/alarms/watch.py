"""Who looks after the alarms? A thread of each sender, one of which at a time rings what nobody else can see, and tells."""

from __future__ import annotations

import logging
import math
import threading
from contextlib import suppress
from typing import Any

from flask import Flask

from portal import clock, counters
from portal.counters import Ask, CountersGone
from portal.database import reading, writing
from portal.extensions import settings
from portal.messages import backlog, lease, standing
from portal.messages.alarms import due, telling
from portal.messages.alarms.noticed import noticed
from portal.messages.alarms.ringing import ANY, Ringing, end, recovered, ring, ringing
from portal.messages.troubles import Troubles
from portal.models import AlarmKind

log = logging.getLogger(__name__)

LEASE, LEASE_SECONDS = "alarms", 15.0
EVERY, GRACE = 5.0, 1.0
BETWEEN = 10.0
"""Seconds between two tellings, each of all that is due."""
MOST_IN_AN_HOUR, KEPT_FREE = 20, 6
"""Tellings, the last few of them for what is urgent."""
QUEUE = "queue"
_FORGOTTEN_AFTER = {
    AlarmKind.CEILING: 2 * 86_400.0, AlarmKind.HOOKS: 3_600.0, AlarmKind.GATEWAY: 86_400.0, AlarmKind.PREFIX: 86_400.0}
"""Seconds without the trouble after which an alarm is over that nobody has ended."""


class Watch:
    """The part of one sender."""

    def __init__(self, app: Flask, troubles: Troubles) -> None:
        self.app, self.troubles = app, troubles
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="alarms", daemon=True)
        self._told_at = self._tidied_at = -math.inf

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """Do not look again: what is not told yet another sender tells."""
        self._stopping.set()
        self._thread.join(GRACE)

    def _run(self) -> None:
        self.app.app_context().push()
        while not self._stopping.wait(EVERY):
            with self.troubles.of("alarms"):
                self.turn()

    def turn(self) -> None:
        """Ring for what this sender has met; and look further, unless another sender does."""
        noticed.ring()
        with writing() as connection:
            if not lease.hold(connection, LEASE, LEASE_SECONDS + telling.longest(settings())):
                return
        look_at_queue()
        end_forgotten()
        if clock.now() >= self._told_at + BETWEEN:
            self._tell()

    def _tell(self) -> None:
        with reading() as connection:
            rows = due.found(connection)
        if rows and _within_bounds(rows):
            self._told_at = clock.now()
            tell(rows)
        if clock.now() >= self._tidied_at + due.AGAIN_AFTER:
            self._tidied_at = clock.now()
            with writing() as connection:
                due.tidy(connection)


def look_at_queue() -> None:
    """Ring while the oldest message has waited for too long."""
    now = backlog.present()
    if now.is_long:
        ring(None, AlarmKind.QUEUE, QUEUE, f"{now.depth} messages wait, the oldest for {now.age:.0f} s")
    else:
        recovered(AlarmKind.QUEUE, QUEUE)


def end_forgotten() -> None:
    """End what has not been met for long, or is about a gateway that is gone or was turned off."""
    there = {gateway.name for gateway in standing.current().gateways if gateway.enabled} | {ANY}
    for alarm in ringing():
        if _is_forgotten(alarm) or (alarm.kind is AlarmKind.GATEWAY and alarm.subject not in there):
            end(None, alarm.kind, alarm.subject)


def _is_forgotten(alarm: Ringing) -> bool:
    return alarm.seen_at + _FORGOTTEN_AFTER.get(alarm.kind, math.inf) < clock.now()


def tell(rows: list[Any]) -> None:
    """Tell all of these at once. Whoever heard it, heard it: it is told again only where nobody did."""
    with reading() as connection:
        news = [due.news(connection, row) for row in rows]
    told = telling.tell(settings(), news)
    with writing() as connection:
        if not told or any(not one.fault for one in told):
            due.heard(connection, rows)
        else:
            due.not_heard(connection, rows)


def _within_bounds(rows: list[Any]) -> bool:
    """Whether there were few tellings in this hour; the others stay due."""
    most = MOST_IN_AN_HOUR if any(row.kind in due.URGENT for row in rows) else MOST_IN_AN_HOUR - KEPT_FREE
    with suppress(CountersGone):
        if counters.take(Ask("alarms told", 3_600, amount=0))[0].count >= most:
            first = counters.take(Ask("alarms not told", 3_600))[0].count == 1
            log.log(logging.ERROR if first else logging.DEBUG, "operator: more alarms than are told in an hour")
            return False
        counters.take(Ask("alarms told", 3_600))
    return True
