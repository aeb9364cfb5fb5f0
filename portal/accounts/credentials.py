"""Does this password belong to this account? The answer takes the same time whoever asks for whom."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from threading import BoundedSemaphore
from typing import Any

from nacl.exceptions import InvalidkeyError
from nacl.pwhash import argon2id
from sqlalchemy import bindparam, select

from portal.accounts.identifiers import Identifier
from portal.accounts.users import COLUMN
from portal.database import reading
from portal.extensions import settings
from portal.metrics import timed
from portal.metrics.catalogue import HASH
from portal.models import User

SOURCE = "password"
"""The identity source that is answered for here."""
LONGEST_PASSWORD = 1024
_FOUND = select(User.id, User.password_hash, User.suspended)
_FIND = {kind: _FOUND.where(column == bindparam("key")) for kind, column in COLUMN.items()}


@dataclass(frozen=True)
class Candidate:
    """The account an identifier names, before anything is proven. `user_id` is None where there is none."""

    user_id: int | None
    password_hash: str | None
    suspended: bool


@dataclass(frozen=True)
class Proof:
    """That a first factor was passed: by whom, and through which identity source.

    `password_hash` is the stored one at that moment, whichever source it was: another by now means that the account changed
    meanwhile. `vouched`: an outside source says that a second factor was given there. `suggested_phone` (E.164): a number that
    it names, for a person who has none bound. `given_at`: when the person proved that it is them, if not just now. `ends_at`:
    until when it alone keeps them inside, if not as long as everybody.
    """

    user_id: int
    source: str
    password_hash: str | None
    outdated: bool = False
    vouched: bool = False
    suggested_phone: str | None = None
    given_at: float | None = None
    ends_at: float | None = None


def find(identifier: Identifier) -> Candidate:
    """Look the identifier up exactly, in a short read of its own. Never says whether it was found in any other way."""
    with reading() as connection:
        row = connection.execute(_FIND[identifier.kind], {"key": identifier.key}).first()
    return Candidate(*row) if row else Candidate(None, None, False)


def check(candidate: Candidate, password: str) -> Proof | None:
    """Compare the password, with no transaction open. None for wrong, unknown, suspended and password-less alike.

    Where there is nothing to compare with, a hash of the same cost is compared all the same (ASVS 6.3.8).
    """
    # Made at a process's first check, whoever is asked for: made for the unknown alone, it would tell the first of them.
    decoy = _decoy()
    stored = candidate.password_hash or decoy
    right = matches(stored, password)
    if not right or candidate.user_id is None or candidate.password_hash is None or candidate.suspended:
        return None
    return Proof(candidate.user_id, SOURCE, stored, outdated=not stored.startswith(_parameters()))


def hashed(password: str) -> str:
    """A new argon2id hash of the password as a standard string, with the parameters that the settings name."""
    cost: dict[str, Any] = {"opslimit": settings().portal_hash_passes, "memlimit": settings().portal_hash_memory_kib * 1024}
    with timed(HASH), _slots(settings().portal_hash_concurrency):
        return argon2id.str(password.encode(), **cost).decode("ascii")


def matches(stored: str, password: str) -> bool:
    """Whether the password is the one that was hashed. Ask with no transaction open."""
    given = password.encode()
    too_long = len(given) > LONGEST_PASSWORD
    with timed(HASH), _slots(settings().portal_hash_concurrency):
        try:
            return argon2id.verify(stored.encode(), given[:LONGEST_PASSWORD]) and not too_long
        except InvalidkeyError:
            return False


@lru_cache(maxsize=1)
def _slots(concurrency: int) -> BoundedSemaphore:
    """Hashes under way at once are bounded so that their memory is: `concurrency` times the memory of one."""
    return BoundedSemaphore(concurrency)


def _parameters() -> str:
    return f"$argon2id$v=19$m={settings().portal_hash_memory_kib},t={settings().portal_hash_passes},p=1$"


def _decoy() -> str:
    return _decoy_hash(_parameters())


@lru_cache(maxsize=2)
def _decoy_hash(_parameters: str) -> str:
    return hashed("nobody's password")
