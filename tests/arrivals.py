"""How does a person come to have each form open? A fixture, asked for by `pytest_plugins` where it is needed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import text

from tests.conftest import PASSWORD
from tests.people import PHONE
from tests.strange import Arrive
from tests.visitor import Visitor


@pytest.fixture
def arrive(app: Flask, make_user: Callable[..., int], another_visitor: Callable[..., Visitor]) -> Arrive:
    """A person with that form open, on the way there by themselves."""
    make_user(username="li.na", phone=PHONE)
    make_user(username="bo")
    make_user(username="root", phone="+4915112345679", administrator=True)
    ways: dict[str, Callable[[Visitor], Visitor]] = {
        "/login": lambda visitor: visitor.opens("/login"),
        "/login/phone": lambda visitor: visitor.logs_in("bo", PASSWORD),
        "/login/code": lambda visitor: visitor.logs_in("li.na", PASSWORD),
        "/settings/mfa": lambda visitor: visitor.logs_in("root", PASSWORD).enters_code("+4915112345679").opens("/settings/mfa"),
        "/first-administrator": lambda visitor: visitor.opens(_first_link(app)),
    }
    return lambda path: ways[path](another_visitor())


def _first_link(app: Flask) -> str:
    from portal.database import writing
    from portal.signin import first_administrator

    with app.app_context():
        with writing() as connection:
            connection.execute(text('DELETE FROM "user" WHERE role IS NOT NULL'))
        return f"/first-administrator/{first_administrator.issue()}"
