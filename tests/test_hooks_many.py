"""Do webhooks that are odd, too many, or cut short by an outage do no harm?"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any
from unittest.mock import Mock

import pytest
from flask import Flask
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from portal.extensions import db
from portal.messages import standing
from tests import people
from tests.certificates import application_keys
from tests.gateway import APPLICATION
from tests.handed import IN_FULL, sent, settled
from tests.hooks import INBOUND, STATUS, VOICE, VONAGE, hook, parameters, status
from tests.people import Later, rows
from tests.servers import Portal
from tests.transports import OverNetwork

later = people.later
pytestmark = pytest.mark.settings(**VONAGE, VONAGE_APPLICATION_ID=APPLICATION, VONAGE_PRIVATE_KEY=application_keys()[0])
ODD = {
    "nothing": b"", "no object": b"[]", "a number": b"7", "null": b"null", "broken": b'{"status": ',
    "not a number": b'{"status": NaN}',
    "endless": b'{"client_ref": ' + b"9" * 5_000 + b"}", "large": b'{"price": 1e400, "status": "delivered"}',
    "deep": b'{"a":' * 9_000 + b"1" + b"}" * 9_000, "deep list": b"[" * 30_000,
    "twice": b'{"status": "failed", "status": "delivered"}',
    "NUL": json.dumps({"status": "delivered", "message_uuid": "a\0b"}).encode(),
    "half a pair": b'{"status": "delivered", "message_uuid": "\\ud800", "text": "\\ud800", "from": "4915112345678"}',
    "not UTF-8": b'{"status": "\xff"}', "lists": b'{"status": ["delivered"], "message_uuid": {"a": 1}, "usage": [1], "error": 7}',
    "no time": b'{"status": "delivered", "message_uuid": "a", "timestamp": "9999-99-99"}',
    "first time": b'{"status": "delivered", "message_uuid": "a", "timestamp": "0001-01-01T00:00:00"}',
    "long": b'{"status": "delivered", "message_uuid": "' + b"a" * 50_000 + b'"}',
}


@pytest.mark.parametrize("path", [STATUS, INBOUND, VOICE])
@pytest.mark.parametrize("what", ODD)
def test_whatever_stands_in_one_is_no_fault_of_ours(app: Flask, path: str, what: str) -> None:
    letter = sent(app)
    assert hook(path, ODD[what]).arrives(app).status in (200, 400, 401)
    assert hook(path, ODD[what], bearer="").arrives(app).status == 401
    assert parameters(path, {"sig": "0" * 32}, "form").arrives(app).status == 401
    assert letter.outcome == ("sent", None)


@pytest.mark.parametrize("what", ODD)
def test_however_odd_one_is_there_is_one_address_at_which_it_is_no_forgery(app: Flask, what: str) -> None:
    answers = [hook(path, ODD[what]).arrives(app).status for path in (STATUS, INBOUND, VOICE)]
    assert sorted(answers) in ([200, 401, 401], [400, 400, 400])


def test_one_that_is_too_long_is_refused_unread(app: Flask) -> None:
    body = b'{"a": "' + b"a" * 70_000 + b'"}'
    assert hook(STATUS, body).arrives(app).status == 413


@contextmanager
def statements(app: Flask) -> Iterator[list[str]]:
    """The statements that reach the main database meanwhile."""
    seen: list[str] = []
    with app.app_context():
        engine = db.engine

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)


def test_a_flood_of_forged_ones_costs_no_statement(app: Flask) -> None:
    hook(STATUS, IN_FULL, secret="another").arrives(app)
    with app.app_context():
        standing.current()
    with statements(app) as seen:
        for _ in range(15):
            assert hook(STATUS, IN_FULL, secret="another").arrives(app).status == 401
    assert not seen


def test_many_good_ones_at_once_are_all_taken_amid_forged_ones_from_the_same_address(app: Flask) -> None:
    letters = [sent(app, phone=f"+49151123{at:05}") for at in range(60)]
    letters = [settled(letter) for letter in letters]
    for at, letter in enumerate(letters):
        assert hook(STATUS, IN_FULL, secret="another").arrives(app).status == 401
        letter.changes(reference=f"ref-{at}")
        assert hook(STATUS, status(letter.id, "delivered", reference=f"ref-{at}")).arrives(app).status == 200
    assert {letter.outcome for letter in letters} == {("delivered", None)}


def test_a_burst_of_hundreds_is_taken_by_a_portal_that_runs(
    app: Flask, both_databases: str, portals: Callable[..., Portal],
) -> None:
    portal = portals(DATABASE_URL=both_databases, **VONAGE)
    network = OverNetwork(portal.url)
    letters = [sent(app, phone=f"+49151123{at:05}") for at in range(150)]
    hooks = [hook(STATUS, status(letter.id, state, price="0.05")) for letter in letters for state in ("delivered", "submitted")]
    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(lambda each: each.arrives(network).status, hooks))
        repeats = list(pool.map(lambda each: each.arrives(network).status, hooks[:40]))
        forged = list(pool.map(lambda _: hook(STATUS, IN_FULL, secret="another").arrives(network).status, range(40)))
    assert (set(taken), set(repeats), set(forged)) == ({200}, {401}, {401})
    assert {row.state for row in rows(app, "SELECT state FROM message")} == {"delivered"}


@pytest.mark.usefixtures("both_databases")
def test_what_the_database_could_not_take_may_come_again(app: Flask) -> None:
    letter = sent(app)
    one = hook(STATUS, status(letter.id, "delivered"))
    with app.app_context():
        engine = db.engine

    def gone(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith("UPDATE message"):
            raise OperationalError(statement, {}, Exception("gone"))

    event.listen(engine, "before_cursor_execute", gone)
    assert one.arrives(app).status == 503
    event.remove(engine, "before_cursor_execute", gone)
    assert one.arrives(app).status == 200
    assert letter.outcome == ("delivered", None)


class Killed(BaseException):
    """Nothing that runs in the process hears of it."""


@pytest.mark.usefixtures("both_databases")
def test_one_whose_worker_was_killed_before_it_was_heeded_is_heeded_when_it_comes_again(
    app: Flask, later: Later, monkeypatch: pytest.MonkeyPatch,
) -> None:
    letter = sent(app)
    one = hook(STATUS, status(letter.id, "delivered"))
    with monkeypatch.context() as killing:
        killing.setattr("portal.messages.receipts.applying.apply", Mock(side_effect=Killed))
        with pytest.raises(Killed):
            one.arrives(app)
    later(11)
    assert [one.arrives(app).status for _ in range(2)] == [200, 401]
    assert letter.outcome == ("delivered", None)
    later(200)
    assert one.arrives(app).status == 401


@pytest.mark.settings(REDIS_URL="redis://127.0.0.1:1/0", DATABASE_URL="postgresql://127.0.0.1:1/none")
def test_without_counters_it_is_not_believed_yet(app: Flask) -> None:
    assert hook(STATUS, IN_FULL).arrives(app).status == 503
