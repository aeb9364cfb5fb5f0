"""Which identity sources are there, in which order, and what is each called and set to?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import current_app
from sqlalchemy import Connection, select

from portal import clock
from portal.database import reading
from portal.models import IdentitySource, SourceKind
from portal.models.columns import table

PASSWORD, SCAN = SourceKind.PASSWORD.value, SourceKind.SCAN.value
OUTSIDE = frozenset({SourceKind.OIDC, SourceKind.OAUTH, SourceKind.LDAP})
KEPT = 1.0
"""Seconds for which what was read is used again, so that a login page costs no statement while many are opened."""
LONGER = 10.0
"""The same for links alone: the page to which they lead looks again, and whoever has just logged in asks for no statement."""
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
    sources: tuple[Source, ...] = ()
    read_at: float = 0.0


def read(connection: Connection) -> tuple[Source, ...]:
    """All identity sources in their order, in the caller's transaction."""
    return tuple(Source(**row._mapping) for row in connection.execute(_all))


def fresh() -> tuple[Source, ...]:
    """All identity sources in their order, as they are now: for pages on which they are administered."""
    with reading() as connection:
        return read(connection)


def current() -> tuple[Source, ...]:
    """All identity sources in their order, at most a second old."""
    return _not_older(KEPT)


def linked_to() -> tuple[Source, ...]:
    """Those in use, at most ten seconds old: to decide which links a page shows, and nothing else."""
    return tuple(source for source in _not_older(LONGER) if source.enabled)


def _not_older(seconds: float) -> tuple[Source, ...]:
    kept: _Kept = current_app.extensions.setdefault("portal_sources", _Kept())
    if kept.read_at + seconds < clock.now():
        kept.sources, kept.read_at = fresh(), clock.now()
    return kept.sources


def forget() -> None:
    """What was read is not used again in this process: call it after a change, when it is committed."""
    current_app.extensions.pop("portal_sources", None)


def keys(sources: Sequence[Source]) -> tuple[str, ...]:
    """The keys of those sources that are in use."""
    return tuple(source.key for source in sources if source.enabled)


def offered(hidden: Sequence[str] = ()) -> tuple[Source, ...]:
    """The sources that a login page offers, in their order, but for those that its application hides by their keys."""
    return tuple(source for source in current() if source.enabled and source.key not in hidden)


def named(name: str) -> Source | None:
    """The source of that name that is in use; None if there is none."""
    return next((source for source in current() if source.enabled and source.name == name), None)
