"""For which identity source in which application is a code asked? One row an application, as the policy decides it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from portal.applications import register
from portal.applications.register import Rules, Wanted
from portal.database import reading
from portal.keyset import Count
from portal.keyset import Page as KeysetPage
from portal.models.switch import PORTAL
from portal.signin import standing
from portal.signin.policy import Decision
from portal.signin.rules import decisions, shipped
from portal.sources.register import keys, read

_ROWS = 20


@dataclass(frozen=True)
class Line:
    """What holds for one application, or for all that have no rules of their own: `application_id` None.

    `hidden`: the keys of the sources by which nobody comes in through it.
    """

    application_id: int | None
    name: str
    decisions: Mapping[str, Decision]
    hidden: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Matrix:
    """One page of the applications with rules of their own, and the line of all others."""

    others: Line
    lines: list[Line]
    page: KeysetPage
    count: Count


def matrix(search: str = "", cursor: str | None = None) -> Matrix:
    """The applications with rules of their own whose name begins like that, a page of them."""
    page, count = register.listed(Wanted(search, Rules.OWN), cursor=cursor, limit=_ROWS)
    with reading() as connection:
        rows = standing.switch_rows(connection, {PORTAL, *(str(row.id) for row in page.rows)})
        known = keys(read(connection))
        hidden = register.hidden_by(connection, [row.id for row in page.rows])
    by_scope: dict[str, dict[str, str]] = {}
    for (scope, name), row in rows.items():
        by_scope.setdefault(scope, {})[name] = row.value
    # A row that is left of a source that was deleted decides nothing, and has no column.
    portal = {name: by_scope.get(PORTAL, {}).get(name, value) for name, value in shipped(known).items()}
    own = {scope: {name: value for name, value in values.items() if name in portal} for scope, values in by_scope.items()}
    lines = [Line(row.id, row.name, decisions(portal | own.get(str(row.id), {})), hidden.get(row.id, frozenset()))
             for row in page.rows]
    return Matrix(Line(None, "", decisions(portal)), lines, page, count)
