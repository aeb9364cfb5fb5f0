"""What should be asked about before switches are thrown? PURE: from how they stand, how they would, and whom it touches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from portal.messages.carriage import Carriage
from portal.signin.impact import Reach
from portal.signin.rules import ADMINISTRATORS, OFF, Binder, asked, binder_of, source_of

Values = Mapping[str, str]
"""The portal's switches, with an application's own over them where there are any."""


class Caution(StrEnum):
    """Why a change is asked about first."""

    NOBODY_ASKED = "nobody"
    ONLY_CONSOLE = "only-console"
    ADMINISTRATORS = "administrators"
    ASKED_LESS = "less"
    SOURCES_LESS = "sources-less"
    WITHOUT_PHONE = "without-phone"
    MUST_ASK = "must-ask"
    NO_SENDER = "no-sender"
    NOT_SENT = "not-sent"


@dataclass(frozen=True)
class Change:
    """How the switches stand, and how they would."""

    before: Values
    after: Values

    @property
    def spared(self) -> tuple[str, ...]:
        """The sources whose logins would not be asked for a code any more, in the order of their switches."""
        gone = asked(self.before) - asked(self.after)
        return tuple(source for name in self.before if (source := source_of(name)) in gone and source)

    @property
    def asks_anew(self) -> bool:
        """Whether logins by some source would be asked for a code that are not now."""
        return bool(asked(self.after) - asked(self.before))

    @property
    def spares_console(self) -> bool:
        """Whether people with a role in the console are spared with everybody else."""
        return self.after[ADMINISTRATORS] == OFF


def of_portal(change: Change, reach: Reach, carriage: Carriage) -> list[Caution]:
    """What to ask about a change of the global switches."""
    found = [_less(change)] if change.spared else []
    if change.before[ADMINISTRATORS] != OFF and change.spares_console:
        found.append(Caution.ADMINISTRATORS)
    return found + asking(change, reach, carriage)


def _less(change: Change) -> Caution:
    if asked(change.after):
        return Caution.SOURCES_LESS
    return Caution.NOBODY_ASKED if change.spares_console else Caution.ONLY_CONSOLE


def of_customising(change: Change, reach: Reach, carriage: Carriage) -> list[Caution]:
    """What to ask about an application that gets its own rules, or the global ones."""
    return ([Caution.ASKED_LESS] if change.spared else []) + asking(change, reach, carriage)


def asking(change: Change, reach: Reach, carriage: Carriage) -> list[Caution]:
    """What to ask about a change by which codes will be asked for that were not: can those who are asked receive one?"""
    found = _without_phone(change) if reach.without_phone.number else []
    if change.asks_anew or (change.before[ADMINISTRATORS] == OFF and not change.spares_console):
        found += [] if carriage.sender_alive else [Caution.NO_SENDER]
        found += [Caution.NOT_SENT] if carriage.failed else []
    return found


def _without_phone(change: Change) -> list[Caution]:
    must_ask = binder_of(change.after) is Binder.ADMINISTRATORS
    if must_ask and asked(change.after) and (change.asks_anew or binder_of(change.before) is Binder.USER):
        return [Caution.MUST_ASK]
    return [Caution.WITHOUT_PHONE] if change.asks_anew else []
