"""How much processor time and memory have these server processes used?"""

import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

PROC = Path("/proc")
TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
NANOSECONDS = 1_000_000_000

Seconds = Mapping[str, float]


def snapshot(roots: Mapping[str, int]) -> Seconds:
    """Return the processor seconds of each root process with all its descendants since birth, by name."""
    children = _children()
    return {name: sum(seconds(pid) for pid in _tree(root, children)) for name, root in roots.items()}


def spent(before: Seconds, after: Seconds) -> dict[str, float]:
    """Return the processor seconds between two snapshots of the same roots, by name."""
    return {name: after[name] - before[name] for name in after}


def descendants(root: int) -> list[int]:
    """Return the process ids below `root`, without itself."""
    return _tree(root, _children())[1:]


def proportional_bytes(pid: int) -> int:
    """Return the proportional set size (PSS) of a process in bytes: shared pages count by their share."""
    rollup = (PROC / str(pid) / "smaps_rollup").read_text()
    found = re.search(r"^Pss:\s+(\d+) kB", rollup, re.MULTILINE)
    if not found:
        raise LookupError(f"no PSS for process {pid}")
    return int(found[1]) * 1024


def _tree(root: int, children: Mapping[int, list[int]]) -> list[int]:
    found = [root]
    for pid in found:
        found.extend(children.get(pid, ()))
    return found


def _children() -> dict[int, list[int]]:
    children: dict[int, list[int]] = {}
    for pid in _numbers(PROC):
        fields = _stat(pid)
        if fields:
            children.setdefault(int(fields[1]), []).append(pid)
    return children


def seconds(pid: int) -> float:
    """Return user and system time of a process and of the children that it has already buried.

    The scheduler counts living threads in nanoseconds, `stat` counts all threads in ticks of 10 ms. The larger
    of the two is right to the nanosecond, and still right where a thread has ended.
    """
    fields = _stat(pid)
    if not fields:
        return 0.0
    own, buried = _ticks(fields[11:13]), _ticks(fields[13:15])
    return max(own, _scheduled(pid)) + buried


def _ticks(fields: Iterable[str]) -> float:
    return sum(int(field) for field in fields) / TICKS_A_SECOND


def _scheduled(pid: int) -> float:
    threads = PROC / str(pid) / "task"
    try:
        runs = [(threads / str(thread) / "schedstat").read_text() for thread in _numbers(threads)]
    except OSError:
        return 0.0  # a kernel without schedstat, or a thread that ended meanwhile: the ticks stand
    return sum(int(run.split()[0]) for run in runs) / NANOSECONDS


def _stat(pid: int) -> list[str]:
    """Return the fields of /proc/<pid>/stat after the command name, from proc(5)'s third on; [] if gone."""
    try:
        return (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _numbers(folder: Path) -> list[int]:
    try:
        return [int(entry.name) for entry in folder.iterdir() if entry.name.isdecimal()]
    except OSError:
        return []
