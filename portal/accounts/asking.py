"""What is the user list asked for, and along which indexes does it stand?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, true

from portal.accounts import searching
from portal.accounts.filters import RAREST_FIRST, Band, Filter, band
from portal.accounts.searching import Range
from portal.leads import Lead
from portal.models import User
from portal.strands import Strand

SORTS: dict[str, Any] = {
    "username": User.username_key, "email": User.email_key, "created": None, "last-login": User.last_sign_in_at,
}
_LEADS = {"last-login": Lead(User.last_sign_in_at)}
"""Rows without a value of whom the column's index has the order of ids; for the others there is one of these rows alone."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What the list is asked for: typed text, filters that must all hold, and an order.

    `home`: the region whose national numbers are typed; `locked_at`: how many wrong codes lock the SMS step.
    """

    search: str = ""
    filters: tuple[Filter, ...] = ()
    sort: str = "created"
    descending: bool = True
    home: str | None = None
    locked_at: int = 30

    @property
    def ranges(self) -> list[Range]:
        """Where to search."""
        return searching.ranges(self.search, self.home)

    @property
    def bands(self) -> list[Band]:
        """The filters."""
        return [band(name, self.locked_at) for name in self.filters]


def narrow(asked: Asked) -> Iterator[list[Strand]]:
    """Ways to look at few users only, if they are few: each along the indexes of what was typed, or of one filter."""
    ranges, bands = asked.ranges, asked.bands
    if ranges:
        yield [Strand(id=User.id, where=each.holds, key=each.column, shown=_all(b.holds for b in bands)) for each in ranges]
    found = or_(*(each.holds for each in ranges)) if ranges else true()
    for number, first in enumerate(bands):
        others = [other.holds for other in bands[:number] + bands[number + 1:]]
        yield [first.strand(found, *others)]


def along(asked: Asked) -> list[Strand]:
    """Along which indexes the users of the list stand in its order."""
    ranges, bands = asked.ranges, asked.bands
    if ranges:
        return _searched(ranges, bands)
    if not bands or bands[0].key is not None or SORTS[asked.sort] is not None:
        return _sorted(asked, bands)
    first, *others = bands
    return [first.strand(*(other.holds for other in others), descending=asked.descending)]


def in_any_order(asked: Asked) -> list[Strand]:
    """Along which indexes they are found with the fewest others between them, when many leave at once."""
    bands = asked.bands
    if asked.ranges or not bands:
        return along(asked)
    first, *others = [bands[asked.filters.index(name)] for name in RAREST_FIRST if name in asked.filters]
    return [first.strand(*(other.holds for other in others))]


def in_order(asked: Asked) -> list[Strand]:
    """All users in the order of the list."""
    return _sorted(asked, [])


def _searched(ranges: list[Range], bands: list[Band]) -> list[Strand]:
    """What was found in one column behind what was found in another, nobody twice."""
    wanted = [each.holds for each in bands]
    return [Strand(id=User.id, where=here.holds, key=here.column, shown=_left([*wanted, *(r.misses for r in ranges[:number])]))
            for number, here in enumerate(ranges)]


def _sorted(asked: Asked, bands: list[Band]) -> list[Strand]:
    """Users with a value in the sorted column, then those without one."""
    column, shown = SORTS[asked.sort], _left(each.holds for each in bands)
    if column is None:
        return [Strand(id=User.id, shown=shown, descending=asked.descending)]
    lead = _LEADS.get(asked.sort)
    return [
        Strand(id=User.id, where=column.is_not(None), key=column, shown=shown, descending=asked.descending),
        Strand(id=User.id, where=column.is_(None) if lead is None else None, lead=lead, shown=shown, descending=asked.descending),
    ]


def counted(asked: Asked) -> list[Strand]:
    """The same users in the usual order, in which they are quick to count."""
    return along(replace(asked, sort="created"))


def _all(conditions: Iterable[ColumnElement[bool]]) -> ColumnElement[bool]:
    return and_(true(), *conditions)


def _left(conditions: Iterable[ColumnElement[bool]]) -> ColumnElement[bool] | None:
    """What must hold besides; None where every row is shown."""
    listed = list(conditions)
    return and_(*listed) if listed else None
