"""How do messages in the queue come to a thread each? One thread takes ids and hands them to a pool that delivers."""

from __future__ import annotations

import heapq
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from flask import Flask

from portal import clock
from portal.extensions import settings
from portal.messages import queue
from portal.messages.delivery import deliver
from portal.messages.sweep import sweep
from portal.messages.troubles import Troubles

POLL_EVERY = 0.05
LONGEST_PAUSE = 2.0


class Feeding:
    """The messages that one sender process has in hand, and its threads for them: as many as `threads` at once."""

    def __init__(self, app: Flask, troubles: Troubles) -> None:
        self.app, self.troubles = app, troubles
        self.threads = settings().portal_sender_threads
        self.free = threading.Semaphore(self.threads)
        self.pool = ThreadPoolExecutor(self.threads, thread_name_prefix="gateway", initializer=self._enter)
        self.again: list[tuple[float, int]] = []
        self.under_way: set[int] = set()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._feed, name="feeder", daemon=True)

    def start(self) -> None:
        """Begin to take ids from the queue."""
        self._thread.start()

    def stop(self) -> None:
        """Take no more of them, and ask no further gateway for what is under way."""
        self._stopping.set()

    def finished(self, *, deadline: float) -> bool:
        """Whether, once stopped, what was under way has come to its end at that instant of the monotonic clock."""
        self._thread.join(queue.WAIT + 0.5)
        idle = all(self.free.acquire(timeout=max(0.0, deadline - time.monotonic())) for _ in range(self.threads))
        if idle:
            self.pool.shutdown()
        return idle

    def _enter(self) -> None:
        self.app.app_context().push()

    def _feed(self) -> None:
        self._enter()
        pause = POLL_EVERY
        while not self._stopping.is_set():
            with self.troubles.of("queue") as attempt:
                self._take_one()
            pause = POLL_EVERY if attempt.succeeded else min(2 * pause, LONGEST_PAUSE)
            if not attempt.succeeded:
                self._stopping.wait(pause)

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
            self.begin(message_id)
        elif not queue.waits():
            self._stopping.wait(POLL_EVERY)

    def begin(self, message_id: int) -> None:
        """Begin to deliver; the caller has acquired a free thread (`free`).

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
                again_at = deliver(message_id, self._stopping.wait)
        finally:
            self._is_done_with(message_id)
        if again_at is not None:
            heapq.heappush(self.again, (again_at, message_id))

    def _is_done_with(self, message_id: int) -> None:
        self.under_way.discard(message_id)
        self.free.release()

    def sweep(self, *, overdue: float) -> None:
        """Begin with what nobody has in hand, as far as threads are free."""
        put_off = {message_id for _at, message_id in list(self.again)}
        for message_id in sweep(self.threads + len(put_off), overdue=overdue):
            if message_id in put_off:
                continue
            if not self.free.acquire(blocking=False):
                return
            self.begin(message_id)

    def try_again(self) -> None:
        """Begin with what was put off until now."""
        while self.again and self.again[0][0] <= clock.now() and self.free.acquire(blocking=False):
            self.begin(heapq.heappop(self.again)[1])
