"""Does the queue carry ids from process to process on every storage, and does its death harm nobody?"""

from __future__ import annotations

import subprocess
import sys
import time
from typing import Any

import pytest
from flask import Flask

from portal import create_app
from portal.messages import outbox, queue
from tests.conftest import settings
from tests.servers import CHEAP, ROOT, Redis


@pytest.fixture(params=["file", "PostgreSQL", "Redis"])
def app(request: pytest.FixtureRequest) -> Flask:
    """The application with each of the three queues."""
    if request.param == "PostgreSQL":
        return create_app(settings(DATABASE_URL=request.getfixturevalue("postgres")))
    extra = {"REDIS_URL": request.getfixturevalue("redis_server").url} if request.param == "Redis" else {}
    return create_app(settings(DATABASE_URL=request.getfixturevalue("sqlite"), **extra))


def everything() -> list[int]:
    taken = []
    while (message_id := queue.take()) is not None:
        taken.append(message_id)
    return taken


def test_ids_come_out_as_they_went_in(app: Flask) -> None:
    with app.app_context():
        for message_id in (3, 1, 2**40):
            queue.put(message_id)
        assert queue.size() == 3
        assert everything() == [3, 1, 2**40]
        assert queue.size() == 0


def test_what_is_no_id_is_passed_over(app: Flask) -> None:
    with app.app_context():
        queue.put(1)
        everything()
        app.extensions[queue.EXTENSION].storage.enqueue(b"cos\nsystem\n(S'true'\ntR.")
        assert queue.take() is None
        queue.put(7)
        assert queue.take() == 7


def test_a_queue_with_a_server_waits_for_an_id(app: Flask) -> None:
    with app.app_context():
        began = time.monotonic()
        assert queue.take() is None
        assert (time.monotonic() - began > 0.5) == queue.waits()


def test_a_dead_redis_costs_one_request_a_moment_and_then_none(sqlite: str, redis_server: Redis) -> None:
    app = create_app(settings(DATABASE_URL=sqlite, REDIS_URL=redis_server.url))
    with app.app_context():
        outbox.post(1)
        redis_server.kill()
        began = time.monotonic()
        for message_id in range(2, 50):
            outbox.post(message_id)
        assert time.monotonic() - began < 1
        redis_server.start()
        time.sleep(queue.REST)
        outbox.post(50)
        assert everything() == [50]


def test_a_frozen_redis_holds_a_request_up_for_seconds_only(sqlite: str, redis_server: Redis) -> None:
    app = create_app(settings(DATABASE_URL=sqlite, REDIS_URL=redis_server.url))
    with app.app_context():
        outbox.post(1)
        redis_server.freeze()
        began = time.monotonic()
        outbox.post(2)
        outbox.post(3)
        assert time.monotonic() - began < 3.5


@pytest.mark.parametrize(("environment", "absent"), [
    ({}, {"redis", "psycopg"}), ({"REDIS_URL": "redis://127.0.0.1:1/0"}, {"psycopg"}),
])
def test_clients_that_are_not_used_are_not_imported(sqlite: str, environment: dict[str, str], absent: set[str]) -> None:
    script = (
        "import config, sys; from portal.messages import queue; queue.prepare(config.load());"
        "print(*{'redis', 'psycopg', 'vonage_messages', 'requests'} & set(sys.modules))"
    )
    run: Any = subprocess.run(
        [sys.executable, "-c", script], env=CHEAP | {"DATABASE_URL": sqlite} | environment, cwd=ROOT, text=True,
        capture_output=True, check=True,
    )

    assert not absent & set(run.stdout.split())
    assert not {"vonage_messages", "requests"} & set(run.stdout.split())
