"""May this password be tried now? Counted before the password is looked at, so that parallel guesses count in full."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from portal import clock, counters
from portal.counters import Ask
from portal.extensions import settings

_QUIET = 3_600
_FIRST_PAUSE, _LONGEST_PAUSE = 5, 900


@dataclass(frozen=True)
class Ticket:
    """One counted try. `wait`: seconds until the next is looked at, 0 if this one may be. `silent`: the account has had
    too many, so the answer is that of a wrong password, whatever the password."""

    identifier: str
    account: str
    tries: int
    wait: float
    silent: bool


def admit(identifier_key: str, user_id: int | None) -> Ticket:
    """Count a try for what was typed and, silently, for the account it names (or a stand-in, at the same cost).

    Raises CountersGone when the counters cannot be read: then no password is tried.
    """
    typed = hashlib.sha256(identifier_key.encode()).hexdigest()[:32]
    identifier, account = f"tries:{typed}", f"account:{user_id if user_id is not None else typed}"
    pause, tries, wrong = counters.take(
        Ask(f"pause:{typed}", 1, amount=0), Ask(identifier, _QUIET, renew=True), Ask(account, _QUIET))
    free = settings().portal_limit_password_per_identifier
    wait = pause.ends_at - clock.now() if pause.count else _pause_after(typed, tries.count, free)
    if wait > 0:
        counters.give_back(identifier, account)
    return Ticket(identifier, account, tries.count, max(0.0, wait), wrong.count > settings().portal_limit_password_per_account)


def _pause_after(typed: str, tries: int, free: int) -> float:
    """From the last free try on, each try opens a pause that the next must wait out; of parallel ones, one gets through."""
    if tries < free:
        return 0.0
    seconds = min(_FIRST_PAUSE * 2 ** min(tries - free, 20), _LONGEST_PAUSE)
    slot = counters.take(Ask(f"pause:{typed}", seconds))[0]
    return 0.0 if slot.count == 1 else slot.ends_at - clock.now()


def passed(ticket: Ticket) -> None:
    """The password was right: the tries of what was typed are forgotten, the account's count is as before."""
    if ticket.tries > 1:
        counters.clear(ticket.identifier, ticket.identifier.replace("tries:", "pause:"))
        counters.give_back(ticket.account)
    else:
        counters.give_back(ticket.identifier, ticket.account)


def admit_entry(name: str) -> bool:
    """Count a try for what an outside directory found, whatever was typed; whether its password may be tried there."""
    return counters.take(Ask(_entry(name), _QUIET))[0].count <= settings().portal_limit_password_per_account


def entry_passed(name: str) -> None:
    """The password was right: the entry's count is as before."""
    counters.give_back(_entry(name))


def _entry(name: str) -> str:
    return f"account:{hashlib.sha256(name.encode()).hexdigest()[:32]}"
