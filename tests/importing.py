"""How does a test import users? As an administrator does: chooses a file, has it checked, and decides."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from flask import Flask

from tests.people import FOURTH_PHONE, MakeUser, comes_in, does, rows
from tests.visitor import Visitor

UPLOAD = "/admin/users/import"
COLUMNS = "username,email,phone,name,suspended"


@pytest.fixture
def boss(make_user: MakeUser, visitor: Visitor) -> Visitor:
    """An administrator who is logged in."""
    make_user(username="boss", phone=FOURTH_PHONE, administrator=True)
    return comes_in(visitor, "boss", FOURTH_PHONE)


def uploads(boss: Visitor, content: str | bytes, name: str = "users.csv", **fields: str) -> Visitor:
    """Choose a file and have it checked; the work is not done yet."""
    sent = content.encode() if isinstance(content, str) else content
    return boss.opens(UPLOAD).chooses("File", name, sent).fills(**fields).submits("Check file")


def checks(app: Flask, boss: Visitor, content: str | bytes, **fields: str) -> Visitor:
    """The same, worked off; the page that says what would happen."""
    uploads(boss, content, **fields)
    assert boss.status == 200, boss.page.text
    return works_off(app, boss)


def works_off(app: Flask, boss: Visitor) -> Visitor:
    """Let the work be done that the page waits for, and look again."""
    does(app, "user", "work-off-import", boss.path.rpartition("/")[2])
    return boss.opens(boss.path)


def imports(app: Flask, boss: Visitor, content: str | bytes, button: str) -> Visitor:
    """From the file to its users."""
    return works_off(app, checks(app, boss, content).submits(button))


def lines(*records: str) -> str:
    """A file with all columns."""
    return "\n".join([COLUMNS, *records]) + "\n"


def user(app: Flask, username: str) -> Any:
    """The row of that user."""
    [found] = rows(app, 'SELECT * FROM "user" WHERE username_key = :name', name=username)
    return found


def usernames(app: Flask) -> list[str]:
    """Everybody in the pool but the administrator, by their ids."""
    return [row.username for row in rows(app, "SELECT username FROM \"user\" WHERE username <> 'boss' ORDER BY id")]


def faulty_file(boss: Visitor) -> list[list[str]]:
    """The records of the file behind *Download faulty rows*."""
    answer = boss.sends("GET", boss.path + "/faulty.csv")
    assert answer.status == 200
    return list(csv.reader(io.StringIO(answer.text)))
