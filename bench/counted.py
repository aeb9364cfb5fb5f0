"""How many statements and write transactions does each request make on the main database?

The portal's application, for `gunicorn bench.counted:app`: every answer carries both numbers as headers. The
sender is another process, so its work is not among them.
"""

import os
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from sqlalchemy import Connection, Engine, event, make_url

from wsgi import app

STATEMENTS, WRITES = "X-Bench-Statements", "X-Bench-Writes"
COUNTED = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")
WRITING = ("INSERT ", "UPDATE ", "DELETE ", "BEGIN IMMEDIATE")  # the last takes the write lock, written or not
DATABASE = make_url(os.environ["DATABASE_URL"]).database


@dataclass
class Tally:
    """What one request has done so far; `writing` holds its connections that are in a write transaction."""

    statements: int = 0
    writes: int = 0
    writing: set[int] = field(default_factory=set)


class Current(threading.local):
    """The tally of the request that this thread serves."""

    tally: Tally | None = None


current = Current()


def counting(answer: WSGIApplication) -> WSGIApplication:
    """Wrap an application; the headers are added last, so that nothing done after rendering is missed."""

    def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        begun: list[tuple[str, list[tuple[str, str]]]] = []

        def begin(status: str, headers: list[tuple[str, str]], _fault: Any = None, /) -> Callable[[bytes], object]:
            begun.append((status, headers))
            return _refuse

        current.tally = tally = Tally()
        body = answer(environ, begin)
        current.tally = None
        status, headers = begun[-1]
        counts = [(STATEMENTS, str(tally.statements)), (WRITES, str(tally.writes))]
        start_response(status, [*headers, *counts])
        return body

    return application


def _refuse(_data: bytes) -> None:
    raise NotImplementedError("an application that writes before it returns is none of Flask's")


@event.listens_for(Engine, "before_cursor_execute")
def _count(connection: Connection, _cursor: Any, statement: str, *_rest: Any) -> None:
    tally, words = current.tally, statement.lstrip().upper()
    if tally is None or connection.engine.url.database != DATABASE:
        return
    tally.statements += words.startswith(COUNTED)
    writes = words.startswith(WRITING) or (words.startswith("WITH") and any(verb in words for verb in WRITING))
    if writes and id(connection) not in tally.writing:
        tally.writing.add(id(connection))
        tally.writes += 1


@event.listens_for(Engine, "commit")
@event.listens_for(Engine, "rollback")
def _end(connection: Connection) -> None:
    if current.tally:
        current.tally.writing.discard(id(connection))


app.wsgi_app = counting(app.wsgi_app)  # type: ignore[assignment,method-assign]
