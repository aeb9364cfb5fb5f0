"""Is a new password good enough? Length and an estimate of how hard it is to guess (NIST SP 800-63B 5.1.1.2)."""

from __future__ import annotations

from enum import StrEnum

from portal.accounts.credentials import LONGEST_PASSWORD

SHORTEST = 12
_LEAST_SCORE = 2
_ESTIMATED = 72
"""Only the beginning is estimated: zxcvbn refuses longer texts, and 72 characters are strong or repetitive by then."""


class PasswordFault(StrEnum):
    """Why a password is refused."""

    TOO_SHORT = "too short"
    TOO_LONG = "too long"
    TOO_EASY = "too easy"
    SAME = "the same as before"


def fault(password: str, *, about: list[str]) -> PasswordFault | None:
    """Why `password` is refused, or None. `about`: words an attacker would try first, such as the person's names."""
    if len(password) < SHORTEST:
        return PasswordFault.TOO_SHORT
    if len(password.encode()) > LONGEST_PASSWORD:
        return PasswordFault.TOO_LONG
    return PasswordFault.TOO_EASY if _score(password, about) < _LEAST_SCORE else None


def _score(password: str, about: list[str]) -> int:
    from zxcvbn import zxcvbn

    return int(zxcvbn(password[:_ESTIMATED], user_inputs=[word for word in about if word])["score"])
