"""Is the second factor required, and why? PURE: it imports nothing of ours and knows no database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Reason(StrEnum):
    """Which rung of the ladder decided."""

    STEP_UP = "step_up"
    BYPASS = "bypass"
    ADMINISTRATOR = "administrator"
    SMS_OFF = "sms_off"
    SOURCE_OFF = "source_off"
    TRUSTED_DEVICE = "trusted_device"
    RULES = "rules"


@dataclass(frozen=True)
class Rules:
    """The rules in force: the SMS switch, a switch per identity source (one that is not named is on)."""

    sms: bool = True
    sources: Mapping[str, bool] = field(default_factory=dict)
    administrators_always: bool = True

    def source_on(self, source: str) -> bool:
        """Whether the switch of that identity source is on; a new source's is."""
        return self.sources.get(source, True)


@dataclass(frozen=True)
class Person:
    """What of a user the policy looks at: a role in the console, and a one-time bypass not yet used."""

    in_console: bool = False
    bypass: bool = False


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


def decide(rules: Rules, *, source: str, person: Person, device: Device, demand: Demand) -> Decision:
    """The first rung that matches decides. `rules` are those in force, an application's own or the global ones."""
    rungs = (
        (demand.step_up, True, Reason.STEP_UP),
        (person.bypass, False, Reason.BYPASS),
        (person.in_console and rules.administrators_always, True, Reason.ADMINISTRATOR),
        (not rules.sms, False, Reason.SMS_OFF),
        (not rules.source_on(source), False, Reason.SOURCE_OFF),
        (device.trusted, False, Reason.TRUSTED_DEVICE),
        (True, True, Reason.RULES),
    )
    return next(Decision(required, reason) for matches, required, reason in rungs if matches)
