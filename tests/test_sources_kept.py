"""Is what was read of the identity sources used again only for as long as nobody has changed them?"""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from portal import create_app
from portal.extensions import db
from tests import people
from tests.comings import offers
from tests.conftest import settings
from tests.people import Later, does
from tests.visitor import Visitor

later = people.later


@pytest.fixture
def elsewhere(app: Flask, database_url: str) -> Flask:
    """The same portal in another process."""
    assert app
    return create_app(settings(DATABASE_URL=database_url))


def reads_of_sources(app: Flask) -> list[str]:
    """Fills with what is asked of the table from now on."""
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if "FROM identity_source" in statement:
            asked.append(statement)

    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", note)
    return asked


@pytest.mark.usefixtures("both_databases")
def test_a_change_reaches_the_login_page_of_every_process(app: Flask, elsewhere: Flask, visitor: Visitor, later: Later) -> None:
    offers(elsewhere, "acme", issuer="https://id.example.com")
    assert visitor.opens("/login").sees("Continue with Acme")
    does(elsewhere, "source", "disable", "acme")
    later(1.1)
    assert visitor.opens("/login").does_not_see("Continue with Acme")


@pytest.mark.usefixtures("both_databases")
def test_the_table_is_read_again_after_a_change_or_a_minute(app: Flask, elsewhere: Flask, visitor: Visitor, later: Later) -> None:
    visitor.opens("/login")
    asked = reads_of_sources(app)
    for _ in range(3):
        later(2)
        visitor.opens("/login")
    assert not asked
    does(elsewhere, "source", "disable", "scan")
    later(2)
    visitor.opens("/login")
    assert len(asked) == 1
    later(61)
    visitor.opens("/login")
    assert len(asked) == 2
