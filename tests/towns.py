"""Which running portals do tests share? Fixtures, asked for by `pytest_plugins` where they are needed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.servers import Postgres, Redis
from tests.town import ROOMY, Town, town_of


@pytest.fixture(scope="session")
def town_on_sqlite() -> Iterator[Town]:
    with town_of(**ROOMY) as town:
        yield town


@pytest.fixture(scope="session")
def town_on_postgres(postgres_server: Postgres) -> Iterator[Town]:
    redis = Redis()
    redis.start()
    try:
        with town_of(DATABASE_URL=postgres_server.empty(template="migrated"), REDIS_URL=redis.url, **ROOMY) as town:
            yield town
    finally:
        redis.end()


@pytest.fixture(params=["sqlite", "postgres"])
def town(request: pytest.FixtureRequest) -> Town:
    """The shared portal on SQLite, and the one on PostgreSQL with Redis; each person in it belongs to one test."""
    return request.getfixturevalue(f"town_on_{request.param}")  # type: ignore[no-any-return]
