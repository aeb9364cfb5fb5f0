"""What are these users called? For lists of records, which know people by their ids."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Row, select

from portal.database import reading
from portal.models import User

_COLUMNS: tuple[Any, ...] = (User.id, User.name, User.username, User.email, User.phone)


def of(ids: Iterable[int | None]) -> dict[int, Row[Any]]:
    """Name, username, email and phone of those that are still there, by their ids. Up to some hundred at a time."""
    wanted = sorted({id_ for id_ in ids if id_ is not None})
    with reading() as connection:
        rows = connection.execute(select(*_COLUMNS).where(User.id.in_(wanted))).all() if wanted else []
    return {int(row.id): row for row in rows}
