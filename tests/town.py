"""Where do many people meet one running portal? Gunicorn on either database, shared by tests, and crowds that act at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import count
from threading import Barrier
from typing import Any, TypeVar
from urllib.parse import urlencode

from sqlalchemy import text

from portal import create_app
from portal.extensions import db
from tests.conftest import PASSWORD, _make_user, settings
from tests.people import rows, unlike
from tests.processes import until
from tests.servers import Portal
from tests.transports import Answer, OverNetwork
from tests.visitor import FORM, Visitor

ROOMY = {
    "PORTAL_LIMIT_PASSWORD_PER_ADDRESS": "9999", "PORTAL_LIMIT_REQUESTS_PER_ADDRESS": "99999",
    "PORTAL_LIMIT_TEXTS_PER_ADDRESS": "9999", "PORTAL_LIMIT_TEXTS_PER_PREFIX": "9999", "PORTAL_LIMIT_TEXTS_IN_ALL": "9999",
}
"""All come from one address here; what is limited per person stays as it is shipped."""
Given = TypeVar("Given")
Done = TypeVar("Done")


class Town:
    """A portal behind gunicorn with ways to add people, to look into its database, and to come as a person with a browser."""

    def __init__(self, portal: Portal) -> None:
        self.portal = portal
        self.app = create_app(settings(**{name: value for name, value in portal.environment.items() if name != "PATH"}))
        self.numbers = count(1)

    def person(self, *, phone: bool = True, **about: Any) -> tuple[str, str]:
        """Adds a person; the username, and a number that is theirs, or free if they are to have none."""
        at = next(self.numbers)
        username, number = f"person{at}.{self.portal.port}", f"+49151{at:08}"
        _make_user(self.app, username=username, **about | ({"phone": number} if phone else {}))
        return username, number

    def visitor(self) -> Visitor:
        return Visitor(OverNetwork(self.portal.url))

    def at_code_page(self, username: str) -> Visitor:
        """A person who has given the password and has been sent a code."""
        visitor = self.visitor().logs_in(username, PASSWORD)
        assert visitor.path == "/login/code", (visitor.path, visitor.page.text)
        return visitor

    def rows(self, statement: str, **values: Any) -> list[Any]:
        return rows(self.app, statement, **values)

    def value(self, statement: str, **values: Any) -> Any:
        """The one value that the database answers."""
        return self.rows(statement, **values)[0][0]

    def writes(self, statement: str, **values: Any) -> None:
        from portal.database import writing

        with self.app.app_context(), writing() as connection:
            connection.execute(text(statement), values)

    def user_id(self, username: str) -> int:
        return int(self.value('SELECT id FROM "user" WHERE username = :username', username=username))

    def events(self, username: str, event: str) -> list[str]:
        """The outcomes of that person's audit entries of one kind, oldest first."""
        found = self.rows("SELECT outcome FROM audit_entry WHERE user_id = :user AND event = :event ORDER BY id",
                          user=self.user_id(username), event=event)
        return [row.outcome for row in found]

    def texts(self, phone: str) -> int:
        """How many text messages were asked for to that number."""
        return int(self.value("SELECT count(*) FROM message WHERE phone = :phone", phone=phone))

    def wrong_codes(self, visitor: Visitor, phone: str, times: int) -> Visitor:
        code = unlike(visitor.reads_code(phone))
        for _ in range(times):
            visitor.fills(code=code).submits()
        return visitor

    def closes(self) -> None:
        with self.app.app_context():
            db.engine.dispose()


@contextmanager
def town_of(**environment: str) -> Iterator[Town]:
    """A portal that runs with these variables until the block ends."""
    portal = Portal(**environment)
    try:
        portal.start()
        town = Town(portal)
        until(lambda: town.visitor().opens("/readyz").status == 200, what="the sender's first sign of life")
        yield town
        town.closes()
    finally:
        portal.end()


def at_once(work: Callable[[Given], Done], everyone: list[Given]) -> list[Done]:
    """Do it for each of them in the same moment, each in a thread of its own; what came out, in their order."""
    gate = Barrier(len(everyone))

    def wait_and_do(given: Given) -> Done:
        gate.wait(30)
        return work(given)

    with ThreadPoolExecutor(len(everyone)) as pool:
        return list(pool.map(wait_and_do, everyone))


def twin(visitor: Visitor) -> Visitor:
    """The same browser once more: the same cookies and the same open page."""
    other = Visitor(visitor.transport)
    other.cookies, other.page, other.path = dict(visitor.cookies), visitor.page, visitor.path
    return other


def post(visitor: Visitor, path: str, **values: str) -> Answer:
    """One form as it is, with the token of the page that is open, following no redirect."""
    content = urlencode({"csrf_token": (visitor.tokens or [""])[0]} | values).encode()
    return visitor.sends("POST", path, content=content, headers=[("Content-Type", FORM)])


def crowd(visitor: Visitor, path: str, forms: list[dict[str, str]]) -> list[Answer]:
    """One browser sends all these forms at the same moment."""
    return at_once(lambda form: post(twin(visitor), path, **form), forms)
