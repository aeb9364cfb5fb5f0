"""What is done about a webhook that is not believed? It is on record once in a while, and what may be our own fault rings."""

from __future__ import annotations

import logging
import time
from threading import Lock

from flask import current_app

from portal import audit, counters
from portal.audit import Event, What
from portal.counters import Ask, CountersGone
from portal.messages import alarms
from portal.messages.receipts.signed import Account, Refusal
from portal.models import AlarmKind
from portal.trace import Client

log = logging.getLogger(__name__)

SUBJECT = "Vonage"
IN_HAND = 10
"""Seconds after which whoever had a webhook in hand and has not heeded it must have died."""
SECONDS = 300
MOST_RECORDS = 20
"""Records in that time, from however many addresses they come."""
MOST_ADDRESSES = 1_000
"""Addresses that one process keeps in mind."""
SEEMS_OURS = 20
"""From so many on in that time the secret that we check with may be the wrong one."""
_OURS = frozenset({Refusal.SIGNATURE, Refusal.ACCOUNT, Refusal.APPLICATION})


class _Lately:
    """Who was refused in the last minutes, and how often: kept in the process, so that a flood costs no statement."""

    def __init__(self) -> None:
        self._until, self._addresses, self._ours = 0.0, set[str](), 0
        self._lock = Lock()

    def is_news(self, address: str) -> bool:
        """Whether that address was not refused lately, as far as this process knows."""
        with self._lock:
            self._begin_anew()
            known = address in self._addresses or len(self._addresses) >= MOST_ADDRESSES
            if not known:
                self._addresses.add(address)
            return not known

    def seems_ours(self) -> bool:
        """Whether so many were refused that the fault may be ours; True once in a while."""
        with self._lock:
            self._begin_anew()
            self._ours += 1
            return self._ours % SEEMS_OURS == 0

    def _begin_anew(self) -> None:
        if time.monotonic() >= self._until:
            self._until, self._addresses, self._ours = time.monotonic() + SECONDS, set(), 0


def note(client: Client, refusal: Refusal, accounts: list[Account]) -> None:
    """Account for a refusal. It holds whether or not that succeeds."""
    lately: _Lately = current_app.extensions.setdefault("webhooks refused", _Lately())
    try:
        if lately.is_news(client.address):
            _record(client, refusal)
        if (refusal is Refusal.NO_SECRET and accounts) or (refusal in _OURS and lately.seems_ours()):
            alarms.ring(None, AlarmKind.HOOKS, SUBJECT, refusal.value)
    except Exception as fault:
        log.warning("refused webhook not noted: %s", type(fault).__name__)


def _record(client: Client, refusal: Refusal) -> None:
    first, all_of_them = counters.take(
        Ask(f"webhook refused:{client.address}", SECONDS), Ask("webhooks refused", SECONDS))
    if first.count == 1 and all_of_them.count <= MOST_RECORDS:
        log.warning("webhook refused: %s", refusal.value)
        audit.note(client, Event(event=What.HOOK_REFUSED, outcome=refusal.value))


def none_refused() -> None:
    """One has been believed: the secret is the right one."""
    alarms.recovered(AlarmKind.HOOKS, SUBJECT)


def is_repeat(mark: str) -> bool:
    """Whether what bears that mark was heeded before, or somebody has it in hand; else the caller has. Raises CountersGone."""
    return counters.take(Ask(_key(mark), IN_HAND))[0].count > 1


def is_heeded(mark: str) -> None:
    """What bears that mark has been heeded: when it comes again, it is a repeat for as long as its signature is good."""
    try:
        counters.take(Ask(_key(mark), 2 * SECONDS + 60, renew=True))
    except CountersGone:
        log.warning("a webhook that was heeded may be heeded once more")


def may_come_again(mark: str) -> None:
    """It could not be heeded after all: when it comes again it is no repeat."""
    try:
        counters.clear(_key(mark))
    except CountersGone:
        log.warning("a webhook that was not heeded counts as heeded")


def _key(mark: str) -> str:
    return f"webhook:{mark}"
