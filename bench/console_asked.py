"""Which statements does a page of the console ask?"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import Any
from unittest.mock import patch

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

import config
from bench.console_town import TOKEN
from bench.processes import environment
from portal import create_app
from portal.extensions import db

READS = ("SELECT", "WITH", "(")
CHUNKS = 6  # of 200 lines each: a file's first batch of 1 000 rows, and the beginning of the second


@dataclass(frozen=True)
class Asked:
    """One statement as the driver got it; `prepared`: PostgreSQL may make one plan for all values."""

    statement: str
    parameters: Any
    prepared: bool


class WrongPage(Exception):
    """The portal did not answer with the page that was asked for."""


@contextmanager
def portal(settings: dict[str, str]) -> Iterator["Reader"]:
    """Offer the portal's pages, in this process, to its administrator."""
    with patch.dict("os.environ", environment(settings), clear=True):
        app = create_app(config.load())
    yield Reader(app)
    with app.app_context():
        db.engine.dispose()


class Reader:
    """An administrator who reads pages, and remembers what the database was asked for each."""

    def __init__(self, app: Flask) -> None:
        self._client: FlaskClient = app.test_client()
        self._asked: list[Asked] = []
        with self._client.session_transaction() as session:
            session["_user_id"] = TOKEN
        with app.app_context():
            event.listen(db.engine, "before_cursor_execute", self._remember)

    def opens(self, path: str) -> list[Asked]:
        """Return the reads of one page; of a file, those of its first portions. Raises WrongPage."""
        self._asked = []
        answer = self._client.get(path, buffered=False)
        if answer.status_code != 200:
            raise WrongPage(f"{path}: {answer.status}")
        list(islice(answer.response, CHUNKS))
        asked = self._asked
        answer.close()
        return asked

    def _remember(self, connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if statement.lstrip().upper().startswith(READS):
            prepares = getattr(connection.connection.driver_connection, "prepare_threshold", None) is not None
            self._asked = [*self._asked, Asked(statement, parameters, prepares)]
