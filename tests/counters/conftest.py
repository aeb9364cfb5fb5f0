"""In which stores, alive or dead, do the tests of the counters count?"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from portal import clock
from tests.counters.place import Place, Wait, beside
from tests.servers import Postgres, Redis


@pytest.fixture
def file(tmp_path: Path) -> Place:
    return Place(beside(tmp_path))


@pytest.fixture
def table(postgres: str) -> Place:
    return Place(postgres)


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine may keep Redis from its answer for longer than a person should wait."""
    monkeypatch.setattr("portal.counters.redis_server.PATIENCE", 10)


@pytest.fixture
def server(redis_server: Redis, tmp_path: Path, patient: None) -> Place:
    return Place(beside(tmp_path), redis_server.url)


@pytest.fixture(params=["file", "table", "server"])
def place(request: pytest.FixtureRequest) -> Place:
    found: Place = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def here(place: Place) -> Iterator[Place]:
    with place.app().app_context():
        yield place


@pytest.fixture
def wait(monkeypatch: pytest.MonkeyPatch) -> Wait:
    """A clock that stands still until it is moved."""
    instant = [1_790_000_000.123456]
    monkeypatch.setattr(clock, "source", lambda: instant[0])

    def move(seconds: float) -> None:
        instant[0] += seconds

    return move


@pytest.fixture(params=["file", "table"])
def mortal(request: pytest.FixtureRequest, redis_server: Redis) -> Place:
    lasting: Place = request.getfixturevalue(request.param)
    return Place(lasting.settings.database_url, redis_server.url)


@pytest.fixture(params=["an unusable file", "a stopped server"])
def gone(request: pytest.FixtureRequest, tmp_path: Path, redis_server: Redis) -> Place:
    """A portal whose counters lie nowhere: Redis is dead, and so is what stands beside the database."""
    redis_server.kill()
    if request.param == "an unusable file":
        (tmp_path / "portal.db-counters").write_bytes(b"this is no database" * 100)
        return Place(beside(tmp_path), redis_server.url)
    server: Postgres = request.getfixturevalue("own_postgres")
    place = Place(server.empty(), redis_server.url)
    server.kill()
    return place
