"""How does a scanned code stand, and by what is it found?"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam

from portal import clock
from portal.keys import token_digest
from portal.models import ScanCode
from portal.models.scan_code import ScanState
from portal.signin import session

_DIGEST_LENGTH = 64


class Stand(StrEnum):
    """How a code stands, for whoever asks. UNKNOWN: there is no such code, or it is another browser's.

    PHONE_GONE: it was confirmed, but the login that did so is over by now, or its user may not come in.
    """

    SHOWN = "shown"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    WRONG_NUMBER = "wrong number"
    USED = "used"
    EXPIRED = "expired"
    PHONE_GONE = "phone gone"
    UNKNOWN = "unknown"


def stand_of(row: Any) -> Stand:
    """How the code of a row stands, which has `state` and `expires_at`."""
    if row is None:
        return Stand.UNKNOWN
    over_by_time = row.state in (ScanState.SHOWN, ScanState.CONFIRMED) and row.expires_at <= clock.now()
    return Stand.EXPIRED if over_by_time else Stand(row.state)


def live() -> ColumnElement[bool]:
    """That a code may still be answered."""
    return (ScanCode.state == ScanState.SHOWN) & (ScanCode.expires_at > clock.now())


OF_BROWSER: ColumnElement[bool] = and_(
    ScanCode.token_hash == bindparam("digest"), ScanCode.browser_hash == bindparam("browser"),
    ScanCode.trial_id.is_not_distinct_from(bindparam("trial", type_=ScanCode.trial_id.type)))
"""That it is the code with this digest, shown by this browser, in this trial or in none: with the values of `keys`."""


def keys(digest: bytes, browser: bytes) -> dict[str, Any]:
    """What a code of the present browser is found by."""
    return {"digest": digest, "browser": browser, "trial": session.trial_id()}


def digest_of(token: str) -> str:
    """What names a code in an address that the browser asks again and again: it opens nothing on a phone."""
    return token_digest(token).hex()


def read_digest(written: str) -> bytes | None:
    """The digest that such an address has; None for everything else."""
    try:
        return bytes.fromhex(written) if len(written) == _DIGEST_LENGTH else None
    except ValueError:
        return None
