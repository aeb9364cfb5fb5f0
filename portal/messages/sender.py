"""How do waiting messages leave? By a process that feeds threads with them, and keeps house until it is told to stop."""

from __future__ import annotations

import logging
import math
import os
import signal
import time
from collections.abc import Callable
from typing import Any, cast

from flask import Flask, current_app

from portal.extensions import settings
from portal.messages import lease, standing
from portal.messages.alarms.watch import Watch
from portal.messages.bulk import Bulk
from portal.messages.feeding import Feeding
from portal.messages.gateways import prepare
from portal.messages.guard import house
from portal.messages.sealing import Sealing
from portal.messages.sweep import OVERDUE
from portal.messages.troubles import Troubles

log = logging.getLogger(__name__)

LEASE = "sender"
BEAT_EVERY = 5.0
SILENT_AFTER = 20.0
SWEEP_EVERY = 10.0
SWEEP_EVERY_WITHOUT_QUEUE, OVERDUE_WITHOUT_QUEUE = 2.0, 1.0
"""While the queue is gone the sweep is the only way, so it comes more often and lets nothing lie."""
TICK = 0.25


def run(*, parent: int | None = None) -> None:
    """Send until SIGTERM or SIGINT, or until `parent` (a process id) is no longer the parent. Needs an application context.

    Then what is under way is finished, for as long as the gateway may take. Nothing else ends it: with the database or
    the queue gone it waits for their return.
    """
    Sender(cast(Any, current_app)._get_current_object(), parent=parent).run()


def alive() -> bool:
    """Whether a sender was heard of in the last 20 seconds."""
    return lease.heard_within(LEASE, SILENT_AFTER)


class Sender:
    """One sender process: threads that deliver, and the main thread that keeps house."""

    def __init__(self, app: Flask, *, parent: int | None) -> None:
        self.app = app
        self.parent = parent
        self.told_to_stop = False
        self.troubles = Troubles()
        self.feeding = Feeding(app, self.troubles)
        self.bulk = Bulk(app, self.troubles)
        self.watch = Watch(app, self.troubles)
        self.sealing = Sealing()
        self.beat_at = self.swept_at = -math.inf

    def run(self) -> None:
        """Work until told to stop."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._hear)
        self._try("gateways", self._meet_gateways)
        self.feeding.start()
        self.bulk.start()
        self.watch.start()
        log.info("sender started, %d messages at once", self.feeding.threads)
        while not self.told_to_stop and not self._orphaned():
            self._keep_house()
            time.sleep(TICK)
        self._finish()

    def _meet_gateways(self) -> None:
        """Import what they are built on, which takes half a second: whoever dies in it has nothing in hand yet."""
        for gateway in standing.current().gateways:
            if gateway.enabled:
                prepare(gateway)

    def _hear(self, _number: int, _frame: Any) -> None:
        """A plain flag: a handler that took a lock could wait for the very thread that it interrupts."""
        self.told_to_stop = True

    def _orphaned(self) -> bool:
        return self.parent is not None and os.getppid() != self.parent

    def _keep_house(self) -> None:
        at = time.monotonic()
        if at >= self.beat_at + BEAT_EVERY:
            self.beat_at = at
            self._try("heartbeat", lambda: lease.beat(LEASE))
        without_queue = "queue" in self.troubles
        if at >= self.swept_at + (SWEEP_EVERY_WITHOUT_QUEUE if without_queue else SWEEP_EVERY):
            self.swept_at = at
            self._try("sweep", lambda: self.feeding.sweep(overdue=OVERDUE_WITHOUT_QUEUE if without_queue else OVERDUE))
            self._try("guard", house.turn)
        self.feeding.try_again()
        if self.sealing.is_due:
            self._try("sealing", self.sealing.turn)

    def _try(self, what: str, duty: Callable[[], None]) -> None:
        with self.troubles.of(what):
            duty()

    def _finish(self) -> None:
        """Let what is under way come to its end: one call each, for no further gateway is asked once we stop.

        What takes longer is left behind: its row says `sending`, the sweep calls it unknown.
        """
        log.info("sender stops")
        self.feeding.stop()
        deadline = time.monotonic() + settings().longest_call + 1
        self.bulk.stop()
        self.watch.stop()
        if self.feeding.finished(deadline=deadline):
            return
        log.warning("sender leaves messages behind that are still under way")
        logging.shutdown()
        os._exit(0)
