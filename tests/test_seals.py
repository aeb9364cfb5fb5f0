"""Is the audit log sealed behind everybody's back, is each entry counted once, and is every tampering found?"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, text

from portal import clock
from portal.audit import Event, What, record, seals, tallies
from portal.database import writing
from portal.extensions import db
from tests import people
from tests.people import PHONE, Later, MakeUser, comes_in, rows
from tests.visitor import Visitor

later = people.later


def writes(app: Flask, count: int = 1, **about: Any) -> None:
    """So many entries, in a transaction of their own."""
    with app.app_context(), writing() as connection:
        record(connection, None, *(Event(**{"event": What.MFA_RESET, "detail": {"at": at}} | about) for at in range(count)))


def seal(app: Flask) -> int:
    with app.app_context():
        return seals.seal_some()


def sealed(app: Flask) -> list[tuple[int, Any]]:
    """Of each seal, how many entries it covers, and in which ranges of ids."""
    import json

    found = rows(app, "SELECT entries, ranges FROM audit_seal ORDER BY id")
    return [(row.entries, json.loads(row.ranges) if isinstance(row.ranges, str) else row.ranges) for row in found]


def test_entries_are_sealed_when_they_are_some_seconds_old(app: Flask, later: Later, both_databases: str) -> None:
    writes(app, 3)
    assert seal(app) == 0
    later(6)
    writes(app, 1)
    assert seal(app) == 3
    assert sealed(app) == [(3, [[1, 3]])]
    later(6)
    assert seal(app) == 1
    assert seal(app) == 0
    assert sealed(app) == [(3, [[1, 3]]), (1, [[4, 4]])]
