"""Which applications rely on the portal? Showing one, finding one, and the pages of their list."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, Select, or_, select

from portal.accounts import identifiers
from portal.database import reading
from portal.keyset import Count, Order, Page, count, each, page
from portal.models import Application

_LAST_CHARACTER = "\U0010ffff"


class NoSuchApplication(Exception):
    """There is no application with that id, name or client id, or none any more. `application_id`: if one was asked for."""

    def __init__(self, asked: str, application_id: int | None = None) -> None:
        super().__init__(asked)
        self.application_id = application_id


@dataclass(frozen=True, kw_only=True)
class Profile:
    """All that may be shown of one application. `customises`: it has rules of its own in force."""

    id: int
    client_id: str
    name: str
    home_address: str | None
    has_logo: bool
    colour: str | None
    customises: bool
    created_at: float
    version: int


class Rules(StrEnum):
    """Which applications a list shows, by the rules in force for them."""

    ANY = ""
    OWN = "own"
    GLOBAL = "global"


@dataclass(frozen=True)
class Wanted:
    """What a list is asked for: the beginning of a name, however it is spelled, and whose rules are in force."""

    search: str = ""
    rules: Rules = Rules.ANY


COLUMNS: tuple[Any, ...] = (
    Application.id, Application.client_id, Application.name, Application.home_address,
    Application.logo.is_not(None).label("has_logo"), Application.colour, Application.customises, Application.created_at,
    Application.version,
)
BY_NAME, BY_AGE = "name", "created"
_SORTED_BY: dict[str, Any] = {BY_NAME: Application.name_key, BY_AGE: None}
SORTS = tuple(_SORTED_BY)
"""By what a list can be sorted."""


def show(application_id: int) -> Profile:
    """One application by its id. Raises NoSuchApplication."""
    with reading() as connection:
        return profile(connection, application_id)


def profile(connection: Connection, application_id: int) -> Profile:
    """The same in a transaction of the caller's."""
    row = connection.execute(select(*COLUMNS).where(Application.id == application_id)).first()
    if row is None:
        raise NoSuchApplication(str(application_id), application_id)
    return as_profile(row)


def find(name: str) -> Profile:
    """One application by its name, in any spelling, or its client id. Raises NoSuchApplication."""
    with reading() as connection:
        return find_in(connection, name)


def find_in(connection: Connection, name: str) -> Profile:
    """The same in a transaction of the caller's."""
    is_its_client_id = Application.client_id == (name if name.isprintable() else "")
    named = select(*COLUMNS).where(or_(Application.name_key == identifiers.fold(name), is_its_client_id))
    # One may be called what is another's client id, which is nobody's choice and goes first.
    row = connection.execute(named.order_by(is_its_client_id.desc())).first()
    if row is None:
        raise NoSuchApplication(name)
    return as_profile(row)


def hidden_by(connection: Connection, application_ids: Collection[int]) -> dict[int, frozenset[str]]:
    """The keys of the identity sources that these applications do not offer; without those that offer all."""
    hiding = select(Application.id, Application.hidden_sources).where(
        Application.id.in_(application_ids), Application.hidden_sources.is_not(None))
    return {row.id: frozenset(row.hidden_sources) for row in connection.execute(hiding)}


def listed(wanted: Wanted, *, sort: str = BY_NAME, descending: bool = False, cursor: str | None = None,
           limit: int = 50) -> tuple[Page, Count]:
    """One page of the applications that are wanted, and how many there are in all."""
    statement = _wanted(wanted)
    with reading() as connection:
        found = page(connection, statement, _order(sort, descending=descending), cursor=cursor, limit=limit)
        # Counted by their ids alone: SQLite would read every logo on its way to the columns behind it.
        return found, count(connection, statement.with_only_columns(Application.id))


def every(wanted: Wanted) -> Iterator[Profile]:
    """All applications that are wanted, by name."""
    return map(as_profile, each(_wanted(wanted), _order(BY_NAME)))


def _order(sort: str, *, descending: bool = False) -> Order:
    """By age is by id: no index is needed for it, and no row with its logo is read that is not shown."""
    return Order(id=Application.id.expression, column=_SORTED_BY[sort], descending=descending, nullable=False)


def _wanted(wanted: Wanted) -> Select[Any]:
    statement = select(*COLUMNS)
    if begin := identifiers.fold(wanted.search):
        # A range and no LIKE: that is what the index of the keys answers on both databases.
        statement = statement.where(Application.name_key >= begin, Application.name_key < begin + _LAST_CHARACTER)
    if wanted.rules is not Rules.ANY:
        statement = statement.where(Application.customises.is_(wanted.rules is Rules.OWN))
    return statement


def as_profile(row: Row[Any]) -> Profile:
    """The profile in a row of COLUMNS."""
    return Profile(**{field.name: getattr(row, field.name) for field in fields(Profile)})
