"""Which rules has an administrator set against toll fraud? PURE: as values, with those that hold where nothing is set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import Any

from config import Settings

NAME = "guard"
"""Under which `message_setting` has them."""
UNIT = 10_000
"""So many parts has a unit of money here: a hundredth of a cent is what the dearest of gateways rounds to."""


class Kind(StrEnum):
    """A kind of number to which texts may go. No rule lets them go to premium, shared-cost or toll-free numbers, or pagers."""

    MOBILE = "mobile"
    LANDLINE = "landline"
    VOIP = "voip"
    PERSONAL = "personal"


@dataclass(frozen=True, kw_only=True)
class Rules:
    """The rules against toll fraud. A *new* number is one that nobody has proven yet.

    `countries`: regions to which texts go, None for all; in force there may be none at all. `breaker`: close a calling code
    after `unverified` texts to new numbers whose codes do not come back, unless at least `verified_share` percent do.
    `growing`: each further text to a new number waits twice as long. `share`: percent of what the portal has that new numbers
    may use. `messages` a day, and `money` a day in parts of UNIT of `currency`: None for no ceiling.
    """

    countries: tuple[str, ...] | None = None
    kinds: frozenset[Kind] = frozenset({Kind.MOBILE, Kind.LANDLINE})
    breaker: bool = True
    unverified: int = 10
    verified_share: int = 30
    growing: bool = True
    share: int = 50
    messages: int | None = None
    money: int | None = None
    currency: str = ""


def of(value: Mapping[str, Any]) -> Rules:
    """The rules that a `message_setting` holds; whatever it does not name is as shipped."""
    known = {field.name for field in fields(Rules)}
    said = {name: said for name, said in value.items() if name in known}
    if "countries" in said:
        said["countries"] = tuple(said["countries"]) or None
    if "kinds" in said:
        said["kinds"] = frozenset(Kind(kind) for kind in said["kinds"])
    return Rules(**said)


def kept(rules: Rules) -> dict[str, Any]:
    """As a `message_setting` holds them, where no countries stand for all: the reverse of `of`."""
    return vars(rules) | {"countries": list(rules.countries or ()), "kinds": sorted(rules.kinds)}


def in_force(rules: Rules, settings: Settings) -> Rules:
    """The rules within the limits of the environment, which they narrow and never widen. What both allow may be nothing."""
    allowed, ceiling = settings.countries or None, settings.portal_limit_texts_in_a_day
    return replace(rules, countries=_both(rules.countries, allowed),
                   messages=ceiling if rules.messages is None else min(rules.messages, ceiling))


def _both(one: tuple[str, ...] | None, other: tuple[str, ...] | None) -> tuple[str, ...] | None:
    if one is None or other is None:
        return other if one is None else one
    return tuple(region for region in one if region in other)
