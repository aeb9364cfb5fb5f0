"""Which rules has an administrator set against toll fraud? PURE: as values, with those that hold where nothing is set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

NAME = "guard"
"""Under which `message_setting` has them."""


@dataclass(frozen=True, kw_only=True)
class Rules:
    """The rules in force."""


def of(value: Mapping[str, Any]) -> Rules:
    """The rules that a `message_setting` holds; whatever it does not name is as shipped."""
    known = {field.name for field in fields(Rules)}
    return Rules(**{name: said for name, said in value.items() if name in known})
