"""What does somebody see of the application through which they come in? Its name, logo and colour."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from portal.database import reading
from portal.models import Application

_LONGEST_CLIENT_ID = 64
COLUMNS: tuple[Any, ...] = (
    Application.client_id.label("brand_client_id"), Application.name.label("brand_name"),
    Application.logo.is_not(None).label("brand_has_logo"), Application.colour.label("brand_colour"),
    Application.version.label("brand_version"),
)
"""What a statement that reads a brand beside other things selects, for `of_row`."""


@dataclass(frozen=True, kw_only=True)
class Brand:
    """An application as its login pages show it. `version` changes whenever anything of it does."""

    client_id: str
    name: str
    has_logo: bool
    colour: str | None
    version: int


@dataclass(frozen=True)
class Found:
    """An application that an address names. `hidden`: the keys of the identity sources that nobody comes in by through it."""

    id: int
    brand: Brand
    hidden: tuple[str, ...] = ()


def of_row(row: Any) -> Brand | None:
    """The brand in a row that selects COLUMNS; None if there is no application."""
    if row.brand_client_id is None:
        return None
    return Brand(client_id=row.brand_client_id, name=row.brand_name, has_logo=row.brand_has_logo, colour=row.brand_colour,
                 version=row.brand_version)


def find(client_id: str) -> Found | None:
    """The application of that client id, whatever is typed; None if there is none."""
    # What is no client id of ours may hold a NUL, which PostgreSQL cannot even look up.
    if not client_id.isprintable():
        return None
    with reading() as connection:
        asked = select(Application.id, Application.hidden_sources, *COLUMNS)
        row = connection.execute(asked.where(Application.client_id == client_id[:_LONGEST_CLIENT_ID])).first()
    return _found(row)


def by_id(application_id: int) -> Found | None:
    """The application of that id; None if there is none (any more)."""
    with reading() as connection:
        asked = select(Application.id, Application.hidden_sources, *COLUMNS).where(Application.id == application_id)
        return _found(connection.execute(asked).first())


def _found(row: Any) -> Found | None:
    brand = of_row(row) if row else None
    return Found(row.id, brand, tuple(row.hidden_sources or ())) if brand else None


def picture(client_id: str) -> tuple[bytes, int] | None:
    """An application's logo as PNG, and the version in which it is; None if it has none."""
    if not client_id.isprintable():
        return None
    with reading() as connection:
        asked = select(Application.logo, Application.version).where(Application.client_id == client_id[:_LONGEST_CLIENT_ID])
        row = connection.execute(asked).first()
    return (row.logo, row.version) if row and row.logo else None
