"""What is meant by what is typed into the search box? The beginning of a name, number or email, or a number's end. PURE."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, false, func, not_
from sqlalchemy.orm import InstrumentedAttribute

from portal.accounts import phones
from portal.accounts.identifiers import fold
from portal.models import User

_LAST, _BEHIND_SURROGATES = "\U0010ffff", "\ue000"
Column = InstrumentedAttribute[Any]


@dataclass(frozen=True)
class Range:
    """The users whose value in `column` begins as typed: a range of its index, from `first` up to, but not with, `end`."""

    column: Column
    first: str
    end: str

    @property
    def holds(self) -> ColumnElement[bool]:
        """The condition as an index is searched by."""
        return and_(self.column >= self.first, self.column < self.end)

    @property
    def misses(self) -> ColumnElement[bool]:
        """The condition of all other users, those without a value included."""
        return not_(func.coalesce(self.holds, false()))


def ranges(typed: str, home: str | None) -> list[Range]:
    """Where to look for what was typed, the likeliest first; nowhere for blanks. National numbers are those of region `home`."""
    folded = fold(typed)
    if not folded:
        return []
    named = [] if "@" in folded else [User.username_key]
    places: list[tuple[Column, str]] = [(column, folded) for column in (*named, User.email_key, User.name_key)]
    places += [(User.phone, beginning) for beginning in phones.beginnings(typed, home)]
    if digits := phones.last_digits(typed):
        places.append((User.phone_reversed, digits[::-1]))
    return [Range(column, first, _end(first)) for column, first in places]


def _end(first: str) -> str:
    """The least text that is greater than everything that begins with `first`, compared code point by code point."""
    kept = first.rstrip(_LAST)
    after = chr(ord(kept[-1]) + 1) if kept else _LAST * (len(first) + 1)
    return kept[:-1] + (_BEHIND_SURROGATES if after == "\ud800" else after)
