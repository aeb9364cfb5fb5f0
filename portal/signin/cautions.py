"""What should be asked about before switches are thrown? PURE: from how they stand, how they would, and whom it touches."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from portal.messages.carriage import Carriage
from portal.signin.impact import Reach
from portal.signin.rules import ADMINISTRATORS, OFF, Binder, asked, binder_of

Values = Mapping[str, str]
"""The portal's switches, with an application's own over them where there are any."""


class Caution(StrEnum):
    """Why a change is asked about first."""

    NOBODY_ASKED = "nobody"
    ONLY_CONSOLE = "only-console"
    ADMINISTRATORS = "administrators"
    ASKED_LESS = "less"
    WITHOUT_PHONE = "without-phone"
    MUST_ASK = "must-ask"
    NO_SENDER = "no-sender"
    NOT_SENT = "not-sent"


def of_portal(before: Values, after: Values, reach: Reach, carriage: Carriage) -> list[Caution]:
    """What to ask about a change of the global switches."""
    found = [_nobody(after)] if asked(before) and not asked(after) else []
    if before[ADMINISTRATORS] != OFF and after[ADMINISTRATORS] == OFF:
        found.append(Caution.ADMINISTRATORS)
    return found + asking(before, after, reach, carriage)


def _nobody(after: Values) -> Caution:
    return Caution.NOBODY_ASKED if after[ADMINISTRATORS] == OFF else Caution.ONLY_CONSOLE


def of_customising(before: Values, after: Values, reach: Reach, carriage: Carriage) -> list[Caution]:
    """What to ask about an application that gets its own rules, or the global ones."""
    less = [Caution.ASKED_LESS] if asked(before) - asked(after) else []
    return less + asking(before, after, reach, carriage)


def asking(before: Values, after: Values, reach: Reach, carriage: Carriage) -> list[Caution]:
    """What to ask about a change by which codes will be asked for that were not: can those who are asked receive one?"""
    newly = bool(asked(after) - asked(before))
    found = _without_phone(before, after, newly) if reach.without_phone.number else []
    if newly or (before[ADMINISTRATORS] == OFF and after[ADMINISTRATORS] != OFF):
        found += [] if carriage.sender_alive else [Caution.NO_SENDER]
        found += [Caution.NOT_SENT] if carriage.failed else []
    return found


def _without_phone(before: Values, after: Values, newly: bool) -> list[Caution]:
    must_ask = binder_of(after) is Binder.ADMINISTRATORS
    if must_ask and asked(after) and (newly or binder_of(before) is Binder.USER):
        return [Caution.MUST_ASK]
    return [Caution.WITHOUT_PHONE] if newly else []
