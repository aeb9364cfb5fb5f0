"""What are these applications called? For lists of records, which know them by their ids."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from portal.database import reading
from portal.models import Application


def of(ids: Iterable[int | None]) -> dict[int, str]:
    """The names of those that are still there, by their ids. Up to some hundred at a time."""
    wanted = sorted({id_ for id_ in ids if id_ is not None})
    with reading() as connection:
        found = select(Application.id, Application.name).where(Application.id.in_(wanted))
        return {row.id: row.name for row in connection.execute(found)} if wanted else {}
