"""Which code does a login page show? A new one each time, bound to the browser that shows it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select

from portal import clock
from portal.database import reading, writing
from portal.keys import new_scan_letters, new_scan_token, token_digest
from portal.models import ScanCode
from portal.models.columns import table
from portal.models.scan_code import ScanState
from portal.signin.scanning.stand import OF_BROWSER, keys, live
from portal.trace import Client

LIFETIME = 120.0
"""Seconds in which a phone may answer."""
CHOICES = 6
_KEPT = 600.0
"""Seconds for which a code that is over is still known, so that whoever comes late is told why."""
_AT_A_TIME = 20
_NUMBERS = range(10, 100)
_row = table(ScanCode)


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A code as its page shows it: what the picture carries, the same to be typed, the number to choose, and until when."""

    token: str
    letters: str
    number: int
    expires_at: float


def fresh(browser: bytes, client: Client, application_id: int | None) -> Shown:
    """A new code for that browser, for a login through that application. Those before it live on, to their own end."""
    choices = secrets.SystemRandom().sample(_NUMBERS, CHOICES)
    ends = clock.now() + LIFETIME
    shown = Shown(token=new_scan_token(), letters=new_scan_letters(), number=secrets.choice(choices),
                  expires_at=min(ends, client.trial.ends_at) if client.trial else ends)
    with writing() as connection:
        prune(connection, _AT_A_TIME)
        connection.execute(insert(_row), {
            "token_hash": token_digest(shown.token), "typed_hash": token_digest(shown.letters), "browser_hash": browser,
            "state": ScanState.SHOWN, "number": shown.number, "choices": choices, "application_id": application_id,
            "trial_id": client.trial.id if client.trial else None, "address": client.address, "agent": client.agent,
            "created_at": clock.now(), "expires_at": shown.expires_at,
        })
    return shown


def still_shown(token: str, letters: str, browser: bytes) -> Shown | None:
    """The code that a page of that browser showed and no phone has answered yet; None when there is none to show again."""
    asked = select(ScanCode.number, ScanCode.expires_at).where(OF_BROWSER, ScanCode.typed_hash == token_digest(letters), live())
    with reading() as connection:
        row = connection.execute(asked, keys(token_digest(token), browser)).first()
    return Shown(token=token, letters=letters, number=row.number, expires_at=row.expires_at) if row else None


def prune(connection: Connection, most: int | None = None) -> int:
    """Delete codes that are long over, at most so many; returns how many. What two processes delete at once, one skips."""
    old = select(ScanCode.id).where(ScanCode.expires_at < clock.now() - _KEPT).order_by(ScanCode.expires_at)
    these = old.limit(most).with_for_update(skip_locked=True)
    return connection.execute(delete(ScanCode).where(ScanCode.id.in_(these))).rowcount
