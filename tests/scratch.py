"""Where do the tests keep what they write? In memory where there is plenty, and no longer than they run, however they end."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

MEMORY, PREFIX = Path("/dev/shm"), "portal-tests-"
MUCH = 4 << 30
"""Bytes; all tests together take a tenth of it."""


@contextmanager
def scratch() -> Iterator[None]:
    """Temporary files lie in a folder that ends with the block.

    In memory: a database of a few hundred files costs ten times as much to make on a disk. Whoever sets TMPDIR is obeyed, and
    finds there what a failed test has left.
    """
    roomy = MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free >= MUCH
    if not roomy or "TMPDIR" in os.environ:
        yield
        return
    _removes_what_is_left()
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=MEMORY))
    folder.chmod(0o711)  # a database server that refuses root has a folder of its own in it
    os.environ["TMPDIR"] = tempfile.tempdir = str(folder)
    with _held(folder):
        yield
    shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    """Says that the folder is in use, until the process ends at the latest. Raises BlockingIOError where another says so."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(handle)


def _removes_what_is_left() -> None:
    """The folders of tests that were killed; a new one may not be held yet."""
    for folder in MEMORY.glob(f"{PREFIX}*"):
        with suppress(OSError), _held(folder):
            if time.time() - folder.stat().st_mtime > 60:
                shutil.rmtree(folder)
