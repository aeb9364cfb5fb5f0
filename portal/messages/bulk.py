"""How is work done that takes long? By a process of its own beside the sender, of low priority, so that no text waits for it."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
import time
from typing import Any

from flask import Flask
from sqlalchemy import or_, select

from portal import clock
from portal.database import reading
from portal.messages import queue
from portal.messages.troubles import Troubles
from portal.models import UserImport
from portal.models.user_import import WORKING

log = logging.getLogger(__name__)

SILENT_AFTER = 60.0
"""Seconds without a sign of life after which whoever works on an import is taken for dead."""
SWEEP_EVERY = 10.0
REST = 1.0
GRACE = 2.0
NICE = 10
_COMMAND = [sys.executable, "-m", "flask", "--app", "wsgi", "portal", "user", "work-off-import"]


def ring(import_id: int) -> None:
    """Say that there is work. A queue that fails is no error: the sweep finds it."""
    try:
        queue.put(import_id, queue.BULK)
    except Exception as error:
        log.warning("import %d could not be queued and waits for the sweep: %s", import_id, type(error).__name__)


def waiting() -> int | None:
    """The oldest import that has work to be done, and that nobody does: the queue lost it, or its worker has died."""
    free = or_(UserImport.holder.is_(None), UserImport.beat_at < clock.now() - SILENT_AFTER)
    with reading() as connection:
        return connection.execute(select(UserImport.id).where(WORKING, free).order_by(UserImport.id).limit(1)).scalar()


class Bulk:
    """The thread of a sender that starts such work, one piece at a time, and ends it when the sender ends."""

    def __init__(self, app: Flask, troubles: Troubles) -> None:
        self.app, self.troubles = app, troubles
        self.process: subprocess.Popen[bytes] | None = None
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="bulk", daemon=True)
        self._sweep_at = time.monotonic() + SWEEP_EVERY

    def start(self) -> None:
        """Begin to look for work."""
        self._thread.start()

    def stop(self) -> None:
        """End the work under way: another sender goes on where it stopped."""
        self._stopping.set()
        self._thread.join(GRACE)

    def _run(self) -> None:
        self.app.app_context().push()
        while not self._stopping.is_set():
            with self.troubles.of("bulk work"):
                if import_id := self._next():
                    self._work_off(import_id)
            self._stopping.wait(REST)

    def _next(self) -> int | None:
        try:
            rung = queue.take(queue.BULK)
        except Exception:
            rung = None
        if rung or time.monotonic() < self._sweep_at:
            return rung
        self._sweep_at = time.monotonic() + SWEEP_EVERY
        return waiting()

    def _work_off(self, import_id: int) -> None:
        command: list[Any] = [*_COMMAND, str(import_id), "--parent", str(os.getpid())]
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, process_group=0)  # noqa: S603 - our own command
        os.setpriority(os.PRIO_PROCESS, self.process.pid, NICE)
        while self.process.poll() is None and not self._stopping.is_set():
            time.sleep(REST / 10)
        if self._stopping.is_set():
            self.process.terminate()
        if self.process.wait(GRACE) != 0:
            log.warning("work on import %d ended early", import_id)
