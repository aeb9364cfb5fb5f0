"""How long may asking an outside source take? Whoever waits for it goes on after that, whatever hangs."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, wait
from contextvars import copy_context
from typing import TypeVar

from portal.sources import slots
from portal.sources.faults import Fault, SourceFault

SECONDS = 5.0
"""For all calls of one talk together."""
Told = TypeVar("Told")


def ask(server: str, talk: Callable[[float], Told]) -> Told:
    """What `talk` returns. It is told when it must be over (of `time.monotonic`), and holds its slot until it really is.

    In a thread of its own: no time-out of a socket ends a look-up of a name. Raises SourceFault, Busy, and what `talk` raises.
    """
    if slots.rests(server):
        raise slots.Busy
    outcome: Future[Told] = Future()
    task = (_run, outcome, talk, time.monotonic() + SECONDS)
    threading.Thread(target=copy_context().run, args=task, name="talk with a source", daemon=True).start()
    wait([outcome], timeout=SECONDS)
    return _settled(server, outcome)


def _run(outcome: Future[Told], talk: Callable[[float], Told], ends_at: float) -> None:
    try:
        with slots.slot():
            outcome.set_result(talk(ends_at))
    except BaseException as error:
        outcome.set_exception(error)


def _settled(server: str, outcome: Future[Told]) -> Told:
    """Only what was slow lets the server rest: a call that is refused at once costs nobody anything."""
    try:
        told = _told(outcome)
    except SourceFault as fault:
        if fault.reason is Fault.TOO_SLOW:
            slots.failed(server)
        raise
    slots.answered(server)
    return told


def _told(outcome: Future[Told]) -> Told:
    if not outcome.done():
        raise SourceFault(Fault.TOO_SLOW)
    return outcome.result()
