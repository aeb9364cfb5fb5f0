"""Which settings are in force, what does each mean, and what is said of those that are secret?"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

import config
from portal.extensions import settings

_GROUPS = {
    "portal_env": _l("Portal"),
    "portal_sender": _l("Text messages"),
    "portal_home_country": _l("Countries"),
    "portal_code_length": _l("Codes and logins"),
    "portal_hash_memory_kib": _l("Password hashes"),
    "portal_limit_password_per_identifier": _l("Limits"),
    "host": _l("Processes"),
}
"""Under which heading settings stand, from the one named on, in the order in which they are declared."""


@dataclass(frozen=True)
class Piece:
    """A part of a sentence; `code` is written as it is typed."""

    words: str
    code: bool


@dataclass(frozen=True)
class Row:
    """One setting: its variable, what it is set to in words, whether it is set at all, and what it means."""

    variable: str
    value: str
    is_set: bool
    about: Sequence[Piece]


@dataclass(frozen=True)
class Group:
    """Settings under one heading."""

    title: str
    rows: list[Row]


def groups() -> list[Group]:
    """All settings of this process."""
    found: list[Group] = []
    for field in dataclasses.fields(config.Settings):
        if field.name in _GROUPS:
            found.append(Group(str(_GROUPS[field.name]), []))
        found[-1].rows.append(_row(field))
    return found


def _row(field: dataclasses.Field[Any]) -> Row:
    value, about = getattr(settings(), field.name), field.metadata["about"]
    is_set = value not in ("", [], ())
    said = (_("Set") if field.metadata["secret"] else _value(value)) if is_set else _("Not set")
    return Row(config.variable(field), said, is_set, _pieces(gettext(about)))


def _value(value: Any) -> str:
    """As it is typed: a number without separators."""
    return ", ".join(value) if isinstance(value, (list, tuple)) else str(value)


def _pieces(about: str) -> list[Piece]:
    """Backticks stand around what is typed."""
    return [Piece(words, bool(at % 2)) for at, words in enumerate(about.split("`")) if words]
