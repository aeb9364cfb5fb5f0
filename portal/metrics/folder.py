"""Where do the processes of one portal keep their numbers, so that whoever is asked can tell those of all?"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from pathlib import Path

from config import Settings
from portal.metrics import slots

VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
"""Read by the package from the environment alone, so that the sender, too, finds it there."""
_PREFIX = "portal-metrics-"
_prepared: set[str] = set()


def prepare(settings: Settings) -> str:
    """The folder that the settings name, without the numbers of an earlier start; else a new one of this start's own.

    Asked again by the same process, whose settings are read anew, it leaves the numbers alone.
    """
    folder = settings.prometheus_multiproc_dir or tempfile.mkdtemp(prefix=_PREFIX)
    if folder not in _prepared:
        _prepared.add(folder)
        Path(folder).mkdir(mode=0o700, parents=True, exist_ok=True)
        slots.sweep(Path(folder))
        # What is locked is not taken for forgotten by whoever clears out old temporary files.
        fcntl.flock(os.open(folder, os.O_RDONLY | os.O_CLOEXEC), fcntl.LOCK_SH)
    return folder


def remove(folder: str) -> None:
    """Remove the folder at the end, if it was made for this start alone."""
    if Path(folder).parent == Path(tempfile.gettempdir()) and Path(folder).name.startswith(_PREFIX):
        shutil.rmtree(folder, ignore_errors=True)
