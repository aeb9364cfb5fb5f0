"""Was the first factor of a directory passed? Throttled as passwords are, and the same answer in even time for every failure."""

from __future__ import annotations

import time
import unicodedata
from math import ceil

from portal import audit
from portal.accounts import identifiers
from portal.audit import Event, What
from portal.signin import throttle
from portal.signin.password import Refused
from portal.sources import ldap
from portal.sources.claims import Claimed
from portal.sources.register import Source
from portal.trace import Client

GRID = 0.25
"""Seconds: a refusal comes at a multiple of them, so that its time does not tell what the directory did meanwhile."""
_NOTHING = dict.fromkeys((0x1806, 0xFFFC))
"""What RFC 4518 2.2 maps to nothing, beside what is invisible or an accent."""


def prove(source: Source, typed: str, password: str, client: Client) -> Claimed | Refused:
    """Whom the directory names for an account as typed and a password.

    Raises CountersGone when tries cannot be counted, SourceFault and Busy when the directory cannot be asked.
    """
    ticket = throttle.admit(f"{source.key} {_folded(typed)}", None)
    if ticket.wait > 0:
        return _refused(source, client, "too many tries", wait=ticket.wait)
    began, entries = time.monotonic(), list[str]()

    def may_try(entry: str) -> bool:
        # Whatever somebody types to mean the same entry: it is the directory that would lock it.
        entries.append(f"{source.key} {entry.casefold()}")
        return throttle.admit_entry(entries[-1])

    claimed = ldap.check(source, typed, password, may_try=may_try)
    if claimed is None:
        _even_out(began)
        return _refused(source, client, "refused")
    throttle.passed(ticket)
    throttle.entry_passed(entries[-1])
    return claimed


def _folded(typed: str) -> str:
    """One spelling for all that directories take for the same: without case, accents, what they take for nothing, and blanks
    that are too many."""
    plain = (c for c in unicodedata.normalize("NFKD", identifiers.fold(typed)) if not _is_mark(c))
    return " ".join("".join(plain).translate(_NOTHING).split())


def _is_mark(character: str) -> bool:
    return bool(unicodedata.combining(character)) or unicodedata.category(character) == "Mn"


def _even_out(began: float) -> None:
    spent = time.monotonic() - began
    time.sleep(ceil(spent / GRID) * GRID - spent)


def _refused(source: Source, client: Client, outcome: str, wait: float = 0.0) -> Refused:
    audit.note(client, Event(event=What.FIRST_FACTOR_REFUSED, outcome=outcome, detail={"source": source.key}))
    return Refused(wait)
