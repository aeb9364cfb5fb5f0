"""Is the second factor required, and why? PURE: it imports nothing of ours and knows no database."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple


class Reason(StrEnum):
    """Which rung of the ladder decided."""

    STEP_UP = "step_up"
    BYPASS = "bypass"
    ADMINISTRATOR = "administrator"
    SMS_OFF = "sms_off"
    SOURCE_OFF = "source_off"
    SOURCE_VOUCHES = "source_vouches"
    TRUSTED_DEVICE = "trusted_device"
    RULES = "rules"


@dataclass(frozen=True)
class Rules:
    """The rules in force: the SMS switch, a switch per identity source (one that is not named is on), and the sources whose
    word is taken for a second factor that was given there."""

    sms: bool = True
    sources: Mapping[str, bool] = field(default_factory=dict)
    administrators_always: bool = True
    trusted: Collection[str] = frozenset()

    def source_on(self, source: str) -> bool:
        """Whether the switch of that identity source is on; a new source's is."""
        return self.sources.get(source, True)


@dataclass(frozen=True)
class Person:
    """What of a user the policy looks at: a role in the console, a one-time bypass not yet used, and whether the identity
    source said that a second factor was given there."""

    in_console: bool = False
    bypass: bool = False
    vouched: bool = False


@dataclass(frozen=True)
class Device:
    """What of a browser the policy looks at."""

    trusted: bool = False


@dataclass(frozen=True)
class Demand:
    """What the application asked of this one request (acr_values, or max_age passed)."""

    step_up: bool = False


@dataclass(frozen=True)
class Decision:
    """Whether the second factor is required, and the reason, which is kept with the sign-in."""

    required: bool
    reason: Reason


class Rung(NamedTuple):
    """One rung of the ladder: whether it holds here, and what it says where it is the first that does."""

    reason: Reason
    matches: bool
    required: bool


def ladder(rules: Rules, *, source: str, person: Person, device: Device, demand: Demand) -> tuple[Rung, ...]:
    """All rungs, in the order in which they count. `rules` are those in force, an application's own or the global ones."""
    return (
        Rung(Reason.STEP_UP, demand.step_up, True),
        Rung(Reason.BYPASS, person.bypass, False),
        Rung(Reason.ADMINISTRATOR, person.in_console and rules.administrators_always, True),
        Rung(Reason.SMS_OFF, not rules.sms, False),
        Rung(Reason.SOURCE_OFF, not rules.source_on(source), False),
        Rung(Reason.SOURCE_VOUCHES, person.vouched and source in rules.trusted, False),
        Rung(Reason.TRUSTED_DEVICE, device.trusted, False),
        Rung(Reason.RULES, True, True),
    )


def first(rungs: tuple[Rung, ...]) -> Decision:
    """The first rung that matches decides."""
    return next(Decision(required, reason) for reason, matches, required in rungs if matches)


def decide(rules: Rules, *, source: str, person: Person, device: Device, demand: Demand) -> Decision:
    """What the ladder says."""
    return first(ladder(rules, source=source, person=person, device=device, demand=demand))
