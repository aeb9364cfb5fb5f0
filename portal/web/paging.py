"""How are the pages of a list linked and its columns sorted? By addresses that keep the rest of what was asked for."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import request
from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _

from portal.keyset import Count, Page

CURSOR, SORT = "at", "sort"


@dataclass(frozen=True, kw_only=True)
class Pages:
    """What stands under a list: how many there are, and the addresses of the pages before and behind, where there are any."""

    said: str
    previous_url: str | None
    next_url: str | None
    first_url: str | None


@dataclass(frozen=True)
class Sort:
    """By which column a list is sorted, and whether downwards."""

    name: str
    descending: bool


@dataclass(frozen=True)
class Column:
    """The head of a column: its link, if it can be sorted by, and how it is sorted now (`aria-sort`), if it is."""

    label: str
    url: str | None = None
    direction: str | None = None


def cursor() -> str | None:
    """Which page the address asks for, as `keyset.page` takes it."""
    return request.args.get(CURSOR)


def pages(found: Page, counted: Count) -> Pages:
    """The foot of a list."""
    first = found.previous is None
    return Pages(said=_said(len(found.rows), counted, first=first), previous_url=_there(found.previous),
                 next_url=_there(found.next), first_url=None if first else address(**{CURSOR: None}))


def sort_asked(columns: Collection[str], usual: Sort) -> Sort:
    """How the address wants the list sorted: `?sort=username`, downwards `?sort=-username`; else as usual."""
    asked = request.args.get(SORT, "")
    name = asked.removeprefix("-")
    return Sort(name, asked.startswith("-")) if name in columns else usual


def column(label: str, name: str, sort: Sort) -> Column:
    """The head of a column that can be sorted by; its link turns the order round where it is sorted by already."""
    here = name == sort.name
    asked = f"-{name}" if here and not sort.descending else name
    direction = ("descending" if sort.descending else "ascending") if here else None
    return Column(label, address(**{SORT: asked, CURSOR: None}), direction)


def address(**changes: str | None) -> str:
    """The present address with some of what is asked for changed; None takes it away."""
    kept = {name: value for name, value in request.args.items() if name not in changes and name != "lang"}
    query = urlencode(kept | {name: value for name, value in changes.items() if value is not None})
    return f"{request.path}?{query}" if query else request.path


def _there(cursor: str | None) -> str | None:
    return address(**{CURSOR: cursor}) if cursor else None


def _said(shown: int, counted: Count, *, first: bool) -> str:
    if counted.number == 0:
        return ""
    total = format_decimal(counted.number) if counted.exact else _("more than %(count)s", count=format_decimal(counted.number))
    if first:
        return _("1–%(last)s of %(total)s", last=shown, total=total)
    return ngettext("%(num)s row of %(total)s", "%(num)s rows of %(total)s", shown, total=total)
