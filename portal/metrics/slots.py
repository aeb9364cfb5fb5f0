"""Under which name does a process keep its numbers, so that none are lost with it and the files stay few?

Each process holds a slot by a lock that the kernel drops with it. The next process goes on in the first free slot, from
the numbers that it finds there: a worker that was killed loses nothing, and there are never more files than there were
processes at once.
"""

from __future__ import annotations

import fcntl
import os
from dataclasses import dataclass
from pathlib import Path

LOCK = "slot-{}.lock"


@dataclass
class _Held:
    """The slot of one process."""

    process: int
    name: str


class Slots:
    """The slots in `folder`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._held = _Held(0, "")

    def name(self) -> str:
        """That of the present process, after a fork another one."""
        if self._held.process != os.getpid():
            self._held = _Held(os.getpid(), self._take())
        return self._held.name

    def _take(self) -> str:
        at = 0
        while locked(self._folder, at) is None:
            at += 1
        return str(at)


def locked(folder: Path, slot: int) -> int | None:
    """The open lock of that slot, held until this process ends or closes it; None if another process holds it."""
    opened = os.open(folder / LOCK.format(slot), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(opened)
        return None
    return opened


def sweep(folder: Path) -> None:
    """Forget the numbers of processes that have ended: those of an earlier start."""
    for lock in folder.glob(LOCK.format("*")):
        slot = int(lock.stem.removeprefix("slot-"))
        if (opened := locked(folder, slot)) is not None:
            for file in folder.glob(f"*_{slot}.db"):
                file.unlink()
            os.close(opened)
