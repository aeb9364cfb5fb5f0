"""How do waiting messages leave? One process takes ids from the queue and hands them to threads, a gateway client each."""

from __future__ import annotations

import heapq
import logging
import math
import os
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, cast

from flask import Flask, current_app

from portal import clock
from portal.extensions import settings
from portal.messages import lease, queue, standing
from portal.messages.alarms.watch import Watch
from portal.messages.bulk import Bulk
from portal.messages.delivery import deliver
from portal.messages.gateways import prepare
from portal.messages.guard import house
from portal.messages.sealing import Sealing
from portal.messages.sweep import OVERDUE, sweep
from portal.messages.troubles import Troubles

log = logging.getLogger(__name__)

LEASE = "sender"
BEAT_EVERY = 5.0
SILENT_AFTER = 20.0
SWEEP_EVERY = 10.0
SWEEP_EVERY_WITHOUT_QUEUE, OVERDUE_WITHOUT_QUEUE = 2.0, 1.0
"""While the queue is gone the sweep is the only way, so it comes more often and lets nothing lie."""
POLL_EVERY = 0.05
TICK = 0.25
LONGEST_PAUSE = 2.0


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
    """One sender process: a thread that feeds, a pool that delivers, and the main thread that keeps house."""

    def __init__(self, app: Flask, *, parent: int | None) -> None:
        self.app = app
        self.parent = parent
        self.threads = settings().portal_sender_threads
        self.free = threading.Semaphore(self.threads)
        self.pool = ThreadPoolExecutor(self.threads, thread_name_prefix="gateway", initializer=self._enter)
        self.stopping = threading.Event()
        self.told_to_stop = False
        self.again: list[tuple[float, int]] = []
        self.under_way: set[int] = set()
        self.troubles = Troubles()
        self.bulk = Bulk(app, self.troubles)
        self.watch = Watch(app, self.troubles)
        self.sealing = Sealing()
        self.beat_at = self.swept_at = -math.inf

    def run(self) -> None:
        """Work until told to stop."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._hear)
        self._try("gateways", self._meet_gateways)
        feeder = threading.Thread(target=self._feed, name="feeder", daemon=True)
        feeder.start()
        self.bulk.start()
        self.watch.start()
        log.info("sender started, %d messages at once", self.threads)
        while not self.told_to_stop and not self._orphaned():
            self._keep_house()
            time.sleep(TICK)
        self._finish(feeder)

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

    def _enter(self) -> None:
        self.app.app_context().push()

    def _feed(self) -> None:
        self._enter()
        pause = POLL_EVERY
        while not self.stopping.is_set():
            with self.troubles.of("queue") as attempt:
                self._take_one()
            pause = POLL_EVERY if attempt.succeeded else min(2 * pause, LONGEST_PAUSE)
            if not attempt.succeeded:
                self.stopping.wait(pause)

    def _take_one(self) -> None:
        """A free thread first, then an id: what this process cannot start yet is left to the others."""
        if not self.free.acquire(timeout=1):
            return
        message_id = None
        try:
            message_id = queue.take()
        finally:
            if message_id is None:
                self.free.release()
        if message_id is not None:
            self._start(message_id)
        elif not queue.waits():
            self.stopping.wait(POLL_EVERY)

    def _start(self, message_id: int) -> None:
        """Begin to deliver; the caller has acquired a free thread.

        The sweep also names what waits for its turn here: a second thread with it would take a turn from others.
        """
        if message_id in self.under_way:
            self.free.release()
            return
        self.under_way.add(message_id)
        try:
            self.pool.submit(self._deliver, message_id)
        except RuntimeError:
            self._is_done_with(message_id)

    def _deliver(self, message_id: int) -> None:
        again_at = None
        try:
            with self.troubles.of("delivery"):
                again_at = deliver(message_id, self.stopping.wait)
        finally:
            self._is_done_with(message_id)
        if again_at is not None:
            heapq.heappush(self.again, (again_at, message_id))

    def _is_done_with(self, message_id: int) -> None:
        self.under_way.discard(message_id)
        self.free.release()

    def _keep_house(self) -> None:
        at = time.monotonic()
        if at >= self.beat_at + BEAT_EVERY:
            self.beat_at = at
            self._try("heartbeat", lambda: lease.beat(LEASE))
        without_queue = "queue" in self.troubles
        if at >= self.swept_at + (SWEEP_EVERY_WITHOUT_QUEUE if without_queue else SWEEP_EVERY):
            self.swept_at = at
            self._try("sweep", lambda: self._sweep(overdue=OVERDUE_WITHOUT_QUEUE if without_queue else OVERDUE))
            self._try("guard", house.turn)
        self._try_again()
        if self.sealing.is_due:
            self._try("sealing", self.sealing.turn)

    def _try(self, what: str, duty: Callable[[], None]) -> None:
        with self.troubles.of(what):
            duty()

    def _sweep(self, *, overdue: float) -> None:
        put_off = {message_id for _at, message_id in list(self.again)}
        for message_id in sweep(self.threads + len(put_off), overdue=overdue):
            if message_id in put_off:
                continue
            if not self.free.acquire(blocking=False):
                return
            self._start(message_id)

    def _try_again(self) -> None:
        while self.again and self.again[0][0] <= clock.now() and self.free.acquire(blocking=False):
            self._start(heapq.heappop(self.again)[1])

    def _finish(self, feeder: threading.Thread) -> None:
        """Let what is under way come to its end: one call each, for no further gateway is asked once we stop.

        What takes longer is left behind: its row says `sending`, the sweep calls it unknown.
        """
        log.info("sender stops")
        self.stopping.set()
        deadline = time.monotonic() + settings().longest_call + 1
        self.bulk.stop()
        self.watch.stop()
        feeder.join(queue.WAIT + 0.5)
        idle = all(self.free.acquire(timeout=max(0.0, deadline - time.monotonic())) for _ in range(self.threads))
        if idle:
            self.pool.shutdown()
            return
        log.warning("sender leaves messages behind that are still under way")
        logging.shutdown()
        os._exit(0)
