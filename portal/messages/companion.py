"""Who keeps the sender running beside the web processes? A thread of gunicorn's master that starts it again when it dies."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Sequence
from logging import Logger
from pathlib import Path

SHORTEST_PAUSE = 1.0
LONGEST_PAUSE = 30.0
SETTLED = 30.0
"""Seconds of life after which a death is taken for an accident, and the next start is not put off."""

_forking = threading.Lock()
"""A worker forked amid a start would inherit the pipe that Popen reads to its end, and the watch would stand still until
that worker ends. Popen's own fork asks no such hook."""
os.register_at_fork(before=_forking.acquire, after_in_parent=_forking.release, after_in_child=_forking.release)


class Companion:
    """A process kept alive beside this one: `command` run in `folder`, its fate written to `log`."""

    def __init__(self, command: Sequence[str], *, folder: Path, log: Logger) -> None:
        self.command = list(command)
        self.folder = folder
        self.log = log
        self.process: subprocess.Popen[bytes] | None = None
        self._stopping = threading.Event()
        self._watch = threading.Thread(target=self._keep_alive, name="companion", daemon=True)

    def start(self) -> None:
        """Start the process and watch it."""
        self._watch.start()

    def renew(self) -> None:
        """Let the process finish and start again, with new code and settings."""
        if self.process is not None:
            self.process.terminate()

    def stop(self, grace: float) -> None:
        """End the process: politely, and after `grace` seconds by force."""
        self._stopping.set()
        self._watch.join()
        if self.process is None:
            return
        self.process.terminate()
        if not self._ended_within(grace):
            self.process.kill()

    def _keep_alive(self) -> None:
        pause = SHORTEST_PAUSE
        while not self._stopping.is_set():
            began = time.monotonic()
            try:
                if self._live_once():
                    return
            except OSError as error:
                self.log.error("The sender could not be started: %s", error)
            pause = SHORTEST_PAUSE if time.monotonic() - began > SETTLED else min(2 * pause, LONGEST_PAUSE)
            self.log.error("The sender has ended; it is started again in %.0f s", pause)
            self._stopping.wait(pause)

    def _live_once(self) -> bool:
        """Run the process to its end; True when we are to stop before.

        A process group of its own keeps a terminal's Ctrl-C away from it, so that it still sends what the web processes
        ask for while they finish. The master may reap it first; `poll` then still tells its end, only not its exit code.
        """
        with _forking:
            self.process = subprocess.Popen(  # noqa: S603 - our own command, no shell
                self.command, cwd=self.folder, stdin=subprocess.DEVNULL, process_group=0
            )
        while self.process.poll() is None:
            if self._stopping.wait(0.5):
                return True
        return False

    def _ended_within(self, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while self.process is not None and self.process.poll() is None:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.05)
        return True
