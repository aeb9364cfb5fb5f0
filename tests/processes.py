"""How does a test start a process of its own and end it again, whatever happens?"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest


def free_port() -> int:
    """A TCP port on loopback that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(happened: Callable[[], object], *, seconds: float = 20, what: str = "that") -> None:
    """Wait for something to become true. Raises AssertionError when it does not within `seconds`."""
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end, f"waited {seconds:g} s in vain for {what}"
        time.sleep(0.02)


def listens(port: int) -> bool:
    """Whether somebody accepts connections on that loopback port."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def program(name: str, *folders: str) -> str:
    """The path of a program. Without it the test is skipped, which is a failure where nothing may be skipped."""
    path = shutil.which(name, path=os.pathsep.join([os.environ["PATH"], *folders]))
    return path or pytest.skip(f"{name} is not installed: `make test` installs it where it may")


def tied(*command: str, user: str | None = None) -> list[str]:
    """The command, ended by the kernel if the tests die, and run by `user` where we are root."""
    change = ["--reuid", user, "--regid", str(pwd.getpwnam(user).pw_gid), "--clear-groups"] if user else []
    return [program("setpriv"), "--pdeathsig", "KILL", *change, *command]


class Server:
    """A process of our own on a free port: started, stopped and killed."""

    user: str | None = None

    def __init__(self) -> None:
        self.directory = Path(tempfile.mkdtemp(prefix="portal-test-"))
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None

    def command(self) -> list[str]:
        raise NotImplementedError

    def folder(self) -> Path:
        return self.directory

    def surroundings(self) -> dict[str, str] | None:
        """The environment; None: ours."""
        return None

    def ready(self) -> bool:
        return listens(self.port)

    def start(self) -> None:
        command = tied(*self.command(), user=self.user)
        with (self.directory / "log").open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL,
                                            cwd=self.folder(), env=self.surroundings(), start_new_session=True)
        until(lambda: self.ready() or self.ended(), what=type(self).__name__)
        assert not self.ended(), f"{type(self).__name__} did not start:\n{self.said()}"

    def ended(self) -> bool:
        return self.process is None or self.process.poll() is not None

    def said(self) -> str:
        return (self.directory / "log").read_text(errors="replace")

    def send(self, number: signal.Signals) -> None:
        assert self.process is not None
        self.process.send_signal(number)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> None:
        if self.process is None:
            return
        for each in (signal.SIGCONT, number):
            self.send(each)
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(15)
        self.process.kill()
        self.process.wait()
        self.process = None

    def kill(self) -> None:
        self.stop(signal.SIGKILL)

    def end(self) -> None:
        self.stop()
        shutil.rmtree(self.directory, ignore_errors=True)
