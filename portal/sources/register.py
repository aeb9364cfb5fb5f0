"""Which identity sources are there, in which order, and what is each called and set to?"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from flask import current_app
from sqlalchemy import Connection, select

from portal import clock, counters
from portal.counters import Ask, CountersGone, Hit
from portal.database import reading
from portal.models import IdentitySource, SourceKind
from portal.models.columns import table

PASSWORD, SCAN = SourceKind.PASSWORD.value, SourceKind.SCAN.value
OUTSIDE = frozenset({SourceKind.OIDC, SourceKind.OAUTH, SourceKind.LDAP})
KEPT, LONGEST_KEPT = 1.0, 60.0
"""Seconds for which what was read is used again without a question, and as long as nobody says that it was changed."""
_CHANGES = "identity sources changed"
_table = table(IdentitySource)


@dataclass(frozen=True, kw_only=True)
class Source:
    """One identity source. `settings` are those of its kind, without its secret."""

    id: int
    kind: SourceKind
    name: str
    title: str
    enabled: bool
    preferred: bool
    version: int
    settings: dict[str, Any] = field(hash=False)

    @property
    def key(self) -> str:
        """What records, switches and sign-ins call it: `password`, `scan`, `oidc:<name>`, `oauth:<name>`, `ldap:<name>`."""
        return f"{self.kind}:{self.name}" if self.is_outside else self.kind.value

    @property
    def is_outside(self) -> bool:
        """Whether somebody else answers for the person."""
        return self.kind in OUTSIDE


_columns = (*(_table.c[name] for name in ("id", "kind", "name", "title", "enabled", "preferred", "version", "settings")),)
_all = select(*_columns).order_by(_table.c.position, _table.c.id)


@dataclass
class _Kept:
    """What was read, when it was last known to be as it is, and after how many changes."""

    sources: tuple[Source, ...] = ()
    read_at: float = 0.0
    known_at: float = 0.0
    mark: Hit | None = None


def read(connection: Connection) -> tuple[Source, ...]:
    """All identity sources in their order, in the caller's transaction."""
    return tuple(Source(**row._mapping) for row in connection.execute(_all))


def fresh() -> tuple[Source, ...]:
    """All identity sources in their order, as they are now: for pages on which they are administered."""
    with reading() as connection:
        return read(connection)


def current() -> tuple[Source, ...]:
    """All identity sources in their order, at most a second old.

    Beside the main database stands how often they were changed, so that a login page reads them only after a change.
    """
    kept: _Kept = current_app.extensions.setdefault("portal_sources", _Kept())
    now = clock.now()
    if kept.known_at + KEPT < now:
        mark = _mark()
        if mark is None or mark != kept.mark or kept.read_at + LONGEST_KEPT < now:
            kept.sources, kept.read_at, kept.mark = fresh(), now, mark
        kept.known_at = now
    return kept.sources


def forget() -> None:
    """No process uses what it read before: call it after a change, when it is committed."""
    current_app.extensions.pop("portal_sources", None)
    with suppress(CountersGone):
        counters.take(Ask(_CHANGES, int(LONGEST_KEPT), renew=True))


def _mark() -> Hit | None:
    """How often sources were changed lately; None if that cannot be told."""
    try:
        return _seen(counters.take(Ask(_CHANGES, 0, amount=0))[0])
    except CountersGone:
        return None


def _seen(hit: Hit) -> Hit:
    """Nothing counted ends now: the same each time."""
    return hit if hit.count else Hit(0, 0.0)


def keys(sources: Sequence[Source]) -> tuple[str, ...]:
    """The keys of those sources that are in use."""
    return tuple(source.key for source in sources if source.enabled)


def offered(hidden: Sequence[str] = ()) -> tuple[Source, ...]:
    """The sources that a login page offers, in their order, but for those that its application hides by their keys."""
    return tuple(source for source in current() if source.enabled and source.key not in hidden)


def named(name: str) -> Source | None:
    """The source of that name that is in use; None if there is none."""
    return next((source for source in current() if source.enabled and source.name == name), None)


def in_use(source_id: int) -> Source | None:
    """The source of that id that is in use; None if there is none."""
    return next((source for source in current() if source.enabled and source.id == source_id), None)
