"""What do people do in test after test? They come in, mistype codes, wait, throw switches and look into the database."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import insert, text

from portal import clock
from tests.conftest import PASSWORD
from tests.visitor import Visitor

PHONE, OTHER_PHONE, THIRD_PHONE, FOURTH_PHONE = "+4915112345678", "+4915112345679", "+4915112345670", "+4915112345671"
Later = Callable[[float], None]
MakeUser = Callable[..., int]
MakeVisitor = Callable[..., Visitor]


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Later:
    """Lets time pass: `later(30)` is half a minute."""
    shift, real = [0.0], clock.source
    monkeypatch.setattr(clock, "source", lambda: real() + shift[0])

    def pass_by(seconds: float) -> None:
        shift[0] += seconds

    return pass_by


def unlike(code: str) -> str:
    """A code of the same length that is not this one."""
    return code.translate(str.maketrans("0123456789", "1234567890"))


def comes_in(visitor: Visitor, identifier: str, phone: str) -> Visitor:
    """The whole way from the login page home, with the code that the phone receives."""
    return visitor.logs_in(identifier, PASSWORD).enters_code(phone)


def mistypes(visitor: Visitor, code: str, times: int) -> Visitor:
    """Type something else than the code so many times."""
    for _ in range(times):
        visitor.fills(code=unlike(code)).submits()
    return visitor


def kills_code(visitor: Visitor, phone: str) -> Visitor:
    """Read the code and use all its tries up."""
    return mistypes(visitor, visitor.reads_code(phone), 5)


def leads_to(visitor: Visitor, path: str) -> bool:
    """Whether the browser has ended up at that page; fails, saying where it is, when not."""
    here = visitor.path.partition("?")[0]
    assert here == path, f"at {visitor.path} ({visitor.status}): {visitor.page.text!r}"
    return True


def is_home(visitor: Visitor, name: str) -> bool:
    """Whether the browser shows the home page of that person."""
    return visitor.status == 200 and leads_to(visitor, "/") and visitor.sees(f"Welcome, {name}")


def confirms(visitor: Visitor) -> Visitor:
    """Read the question before a change of switches, if one is asked, and go on."""
    return visitor.submits("Save changes") if visitor.page.heading == "Save these changes?" else visitor


def is_outside(visitor: Visitor) -> bool:
    """Whether home leads this browser elsewhere."""
    visitor.opens("/")
    return not leads_to(visitor, "/login") or bool(visitor.redirects)


def retry_after(visitor: Visitor) -> int:
    """In how many seconds the answer says to try again; 0 when it does not say."""
    return int(visitor.answer.header("Retry-After") or 0)


def command(app: Flask, *words: str, given: str = "") -> Result:
    """Run `flask portal …` with that on its standard input."""
    return app.test_cli_runner().invoke(args=["portal", *words], input=given)


def does(app: Flask, *words: str, given: str = "") -> str:
    """Run a command that must succeed; what it said on standard output."""
    result = command(app, *words, given=given)
    assert result.exit_code == 0, result.output
    return result.stdout


def told(app: Flask, *words: str, given: str = "") -> Any:
    """The JSON that a command answers."""
    return json.loads(does(app, *words, "--json", given=given))


def rows(app: Flask, statement: str, **values: Any) -> list[Any]:
    """What the database answers to a statement."""
    from portal.database import reading

    with app.app_context(), reading() as connection:
        return list(connection.execute(text(statement), values))


def events(app: Flask, **of: Any) -> list[tuple[str, str]]:
    """Event and outcome of all audit entries, oldest first."""
    where = " AND ".join([f"{name} = :{name}" for name in of] or ["1 = 1"])
    statement = f"SELECT event, outcome FROM audit_entry WHERE {where} ORDER BY id"
    return [(row.event, row.outcome) for row in rows(app, statement, **of)]


def add_application(app: Flask, name: str) -> str:
    """An application that relies on the portal; its client id."""
    from portal.database import writing
    from portal.models import Application

    named = {"client_id": f"client-{name.lower()}", "name": name, "name_key": name.casefold()}
    columns = named | {"customises": False, "created_at": clock.now()}
    with app.app_context(), writing() as connection:
        connection.execute(insert(Application).values(**columns))
    return f"client-{name.lower()}"
