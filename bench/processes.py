"""How are the servers of the bench started, and how do they surely end?"""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from bench.cpu import descendants

PROJECT = Path(__file__).resolve().parent.parent
PYTHON = sys.executable
BEAR_WITH_START = 60.0  # seconds
BEAR_WITH_END = 10.0  # seconds
# A CA bundle in these variables wins over the one that a portal is told to use; the rest would be settings by accident.
REMOVED = ("PYTHONDONTWRITEBYTECODE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
OURS = ("PORTAL_", "VONAGE_", "FLASK_", "GUNICORN_", "DATABASE_URL", "REDIS_URL", "WEB_CONCURRENCY")


class NotStarted(Exception):
    """A server ended or stayed silent instead of starting; carries the end of its log."""


def environment(settings: Mapping[str, str]) -> dict[str, str]:
    """Return this process's environment with only the given settings of the portal.

    Without PYTHONDONTWRITEBYTECODE: where no compiled files are written, start-up costs two to three times as much.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    return {**{name: value for name, value in kept.items() if name not in REMOVED}, **settings}


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody uses at this moment."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def run(command: Sequence[str], *, settings: Mapping[str, str]) -> str:
    """Run a command of the project to its end and return its output; raise NotStarted if it fails."""
    done = subprocess.run(
        command, env=environment(settings), cwd=PROJECT, capture_output=True, text=True, timeout=600, check=False
    )
    if done.returncode:
        raise NotStarted(f"{' '.join(command)}\n{(done.stdout + done.stderr)[-2000:]}")
    return done.stdout


@contextmanager
def running(
    command: Sequence[str], *, settings: Mapping[str, str], log: Path, end: int = signal.SIGTERM
) -> Iterator[subprocess.Popen[bytes]]:
    """Keep a server running, and leave neither it nor any process below it behind."""
    with log.open("ab") as output:
        process = subprocess.Popen(
            command,
            env=environment(settings),
            cwd=PROJECT,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,  # so that Ctrl-C reaches the bench alone, which then ends the rest in order
        )
    try:
        yield process
    finally:
        _end(process, end)


def wait_until(ready: Callable[[], bool], *, process: subprocess.Popen[bytes], log: Path) -> None:
    """Return once `ready` holds; raise NotStarted if the process ends or a minute passes before."""
    deadline = time.monotonic() + BEAR_WITH_START
    while not ready():
        if process.poll() is not None or time.monotonic() > deadline:
            raise NotStarted(f"{process.args!r}\n{log.read_text(errors='replace')[-2000:]}")
        time.sleep(0.01)


def listens(port: int) -> bool:
    """Say whether somebody accepts connections on a port of 127.0.0.1."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def _end(process: subprocess.Popen[bytes], politely: int) -> None:
    family = [process.pid, *descendants(process.pid)]
    process.send_signal(politely)
    try:
        with suppress(subprocess.TimeoutExpired):
            process.wait(BEAR_WITH_END)
    finally:
        _leave_nobody(family)
        process.wait()


def _leave_nobody(family: Sequence[int]) -> None:
    """Kill what is left: a worker or sender that outlived its master would disturb every later figure."""
    for pid in family:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
