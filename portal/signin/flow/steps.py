"""What is missing next? The answers that every move of a sign-in ends with."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from portal.accounts.strength import PasswordFault
from portal.models import State
from portal.signin.codes import Refusal


class Step(StrEnum):
    """Where a person goes next. LOGIN: there is no sign-in under way (any more)."""

    LOGIN = "login"
    PHONE = "phone"
    CODE = "code"
    PASSWORD = "password"  # noqa: S105 - a step, no secret
    HOME = "home"


_OF_STATE = {State.AWAITING_PHONE: Step.PHONE, State.AWAITING_CODE: Step.CODE, State.AWAITING_PASSWORD: Step.PASSWORD,
             State.COMPLETE: Step.HOME, State.ENDED: Step.LOGIN}


def step_of(state: State) -> Step:
    """What is missing next of a sign-in that stands there."""
    return _OF_STATE[state]


@dataclass(frozen=True)
class Moved:
    """The sign-in went on; `next_address` is where the person wanted to go, once complete."""

    step: Step
    next_address: str | None = None


GONE = Moved(Step.LOGIN)

Answer = Moved | Refusal
"""What asking for a message gives: the next step, or why none is sent."""


class CodeReason(StrEnum):
    """How the check of a code ended."""

    RIGHT = "right"
    WRONG = "wrong"
    MALFORMED = "malformed"
    EXPIRED = "expired"
    DEAD = "dead"
    PAUSED = "paused"
    LOCKED = "locked"
    PHONE_TAKEN = "phone_taken"
    GONE = "gone"


@dataclass(frozen=True)
class CodeVerdict:
    """How the check of a code ended, tries left of this code, seconds to wait, and what is missing next."""

    reason: CodeReason
    tries_left: int = 0
    seconds: float = 0.0
    moved: Moved = Moved(Step.CODE)


@dataclass(frozen=True)
class PasswordVerdict:
    """Why a new password was not taken, if it was looked at and not taken; and what is missing next."""

    fault: PasswordFault | None = None
    moved: Moved = Moved(Step.PASSWORD)
