"""When does a sender seal the audit log? Every few seconds, one sender at a time, and it says in its own log how far it came."""

from __future__ import annotations

import logging
import math
import time

from portal.audit import sealed, seals
from portal.database import writing
from portal.messages import lease

log = logging.getLogger(__name__)

LEASE, LEASE_SECONDS = "seal", 15.0
EVERY, EVERY_WITH_MORE = 5.0, 2.0
"""Soon again when more waits, but not at once: messages go first."""
TOLD_EVERY = 3_600.0


class Sealing:
    """The part of one sender."""

    def __init__(self) -> None:
        self.due_at = self.tell_at = -math.inf

    @property
    def is_due(self) -> bool:
        """Whether it is time for a turn."""
        return time.monotonic() >= self.due_at

    def turn(self) -> None:
        """Seal some of the audit log, unless another sender does."""
        at = time.monotonic()
        self.due_at = at + EVERY
        with writing() as connection:
            ours = lease.hold(connection, LEASE, LEASE_SECONDS)
        if ours and seals.full(seals.seal_some()):
            self.due_at = time.monotonic() + EVERY_WITH_MORE
        if ours and at >= self.tell_at:
            self._tell(at)

    def _tell(self, at: float) -> None:
        """Once in an hour: who has the database alone can have the whole log sealed anew, but not what was said here of it."""
        if (last := sealed.last()) is not None:
            # As facts, for of a message long runs of digits are hidden, and a digest may have some.
            log.info("audit log sealed", extra={"facts": {"up_to": last.up_to, "head": f"{last.id}:{last.digest.hex()}"}})
            self.tell_at = at + TOLD_EVERY
