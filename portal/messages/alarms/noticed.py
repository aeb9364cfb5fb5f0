"""What have the threads of this sender met since they were last asked? Kept in memory: a message in hand waits for no alarm."""

from __future__ import annotations

from threading import Lock

from portal.messages.alarms.ringing import recovered, ring
from portal.models import AlarmKind

_Key = tuple[AlarmKind, str]
IN_A_ROW = 3
"""What may pass by itself, such as silence, is a trouble when it was met so often with nothing that went well between."""


class Noticed:
    """Troubles with what is said of them, and what went well."""

    def __init__(self) -> None:
        self._bad: dict[_Key, str] = {}
        self._well: set[_Key] = set()
        self._doubts: dict[_Key, int] = {}
        self._lock = Lock()

    def bad(self, kind: AlarmKind, subject: str, detail: str) -> None:
        """Somebody has met that trouble."""
        with self._lock:
            self._bad[kind, subject] = detail

    def doubtful(self, kind: AlarmKind, subject: str, detail: str) -> None:
        """Somebody has met what may pass by itself: it is a trouble once it was met `IN_A_ROW`."""
        with self._lock:
            self._doubts[kind, subject] = met = self._doubts.get((kind, subject), 0) + 1
            if met >= IN_A_ROW:
                self._bad[kind, subject] = detail

    def well(self, kind: AlarmKind, subject: str) -> None:
        """What that alarm would be about has just gone well."""
        with self._lock:
            self._well.add((kind, subject))
            self._doubts.pop((kind, subject), None)

    def ring(self) -> None:
        """Ring for each trouble, and end what went well without any. Begins anew then.

        What could not be written, for the database is gone, is kept for the next time; the exception is raised.
        """
        with self._lock:
            bad, well = self._bad, self._well - self._bad.keys()
            self._bad, self._well = {}, set()
        try:
            while bad:
                key = next(iter(bad))
                ring(None, *key, bad[key])
                del bad[key]
            while well:
                key = next(iter(well))
                recovered(*key)
                well.remove(key)
        finally:
            self._keep(bad, well)

    def _keep(self, bad: dict[_Key, str], well: set[_Key]) -> None:
        """Have these met again, unless the same trouble was met since: what is said of it then is newer."""
        with self._lock:
            self._bad = {**bad, **self._bad}
            self._well |= well


noticed = Noticed()
"""Those of this process."""
