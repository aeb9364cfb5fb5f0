"""Which identity sources are there, in which order, and what is each called and set to?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, select

from portal.counters import Kept
from portal.database import reading
from portal.models import IdentitySource, SourceKind
from portal.models.columns import table

PASSWORD, SCAN = SourceKind.PASSWORD.value, SourceKind.SCAN.value
OUTSIDE = frozenset({SourceKind.OIDC, SourceKind.OAUTH, SourceKind.LDAP})
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


def read(connection: Connection) -> tuple[Source, ...]:
    """All identity sources in their order, in the caller's transaction."""
    return tuple(Source(**row._mapping) for row in connection.execute(_all))


def fresh() -> tuple[Source, ...]:
    """All identity sources in their order, as they are now: for pages on which they are administered."""
    with reading() as connection:
        return read(connection)


_kept = Kept("identity sources changed", fresh)


def current() -> tuple[Source, ...]:
    """All identity sources in their order, at most a second old: a login page reads them only after a change."""
    return _kept.current()


def forget() -> None:
    """No process uses what it read before: call it after a change, when it is committed."""
    _kept.forget()


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
