"""What does a test stand on? The portal in this process or behind gunicorn, its databases, a person with a browser."""

from __future__ import annotations

import gc
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from flask import Flask

import config
from tests.processes import program
from tests.scratch import scratch
from tests.servers import CHEAP, Portal, Postgres, Redis, migrate, migrated_sqlite
from tests.transports import InProcess, OverNetwork
from tests.visitor import Visitor

PASSWORD = "correct horse battery staple"
CHROMIUM = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
            "--disable-component-update", "--disable-sync"]


def pytest_configure(config: pytest.Config) -> None:
    place = ExitStack()
    place.enter_context(scratch())
    config.add_cleanup(place.close)


def pytest_collection_finish() -> None:
    # A sixth of all time went into looking for garbage among what is never any, as often as an application was thrown away.
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    """Where CI is set nothing is skipped: a test that cannot run there has failed."""
    report: pytest.TestReport = yield
    return _refused(report) if report.skipped and not hasattr(report, "wasxfail") else report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Any:
    report: pytest.CollectReport = yield
    return _refused(report) if report.skipped else report


def _refused(report: Any) -> Any:
    if os.environ.get("CI"):
        report.outcome = "failed"
        report.longrepr = f"skipped, which counts as failed in CI: {report.longrepr}"
    return report


@pytest.fixture(scope="session", autouse=True)
def _compiled_once() -> None:
    from tests import compiled

    compiled.once()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Postgres]:
    """One PostgreSQL server for all tests, with a migrated template database. Do not stop it: `own_postgres` may be."""
    server = Postgres()
    server.start()
    migrate(server.empty(name="migrated"))
    yield server
    server.end()


@pytest.fixture
def postgres(postgres_server: Postgres) -> Iterator[str]:
    """The address of a migrated PostgreSQL database without rows, for one test alone."""
    address = postgres_server.empty(template="migrated")
    yield address
    postgres_server.drops(address)


@pytest.fixture
def own_postgres() -> Iterator[Postgres]:
    """A PostgreSQL server that this test may stop and start; `empty()` gives databases that are not migrated."""
    server = Postgres()
    server.start()
    yield server
    server.end()


@pytest.fixture
def redis_server() -> Iterator[Redis]:
    """A Redis server that this test may kill, freeze and start again. Its address is `url`."""
    server = Redis()
    server.start()
    yield server
    server.end()


@pytest.fixture
def sqlite(tmp_path: Path) -> str:
    """The address of a migrated SQLite file without rows."""
    return "sqlite:///" + str(shutil.copy(migrated_sqlite(), tmp_path / "portal.db"))


@pytest.fixture(params=["sqlite", "postgres"])
def both_databases(request: pytest.FixtureRequest) -> str:
    """Runs the test twice: the address of a migrated database of either kind. `app` uses the same."""
    return str(request.getfixturevalue(request.param))


@pytest.fixture
def database_url(request: pytest.FixtureRequest) -> str:
    return str(request.getfixturevalue("both_databases" if "both_databases" in request.fixturenames else "sqlite"))


def settings(**environment: str) -> config.Settings:
    """Settings as read from these environment variables over the cheap ones of all tests."""
    with patch.dict(os.environ, CHEAP | {"PORTAL_SENDER": "off"} | environment, clear=True):
        return config.load()


@pytest.fixture
def app(request: pytest.FixtureRequest, database_url: str) -> Iterator[Flask]:
    """The application in this process. `@pytest.mark.settings(PORTAL_CODE_LENGTH="8")` sets variables for one test."""
    from portal import create_app
    from portal.extensions import db

    asked = [mark.kwargs for mark in reversed(list(request.node.iter_markers("settings")))]
    environment = {name: value for each in asked for name, value in each.items()}
    application = create_app(settings(**{"DATABASE_URL": database_url} | environment))
    yield application
    with application.app_context():
        db.engine.dispose()


@pytest.fixture
def visitor(app: Flask) -> Visitor:
    """A person with a browser without script, before the application in this process."""
    return Visitor(InProcess(app))


@pytest.fixture
def another_visitor(app: Flask) -> Callable[..., Visitor]:
    """Makes further people with browsers of their own: `another_visitor(address="192.0.2.7")`."""
    return lambda **about: Visitor(InProcess(app), **about)


@pytest.fixture
def make_user(app: Flask) -> Callable[..., int]:
    """Adds a user and returns the id: `make_user(username="li.na", phone="+4915112345678", administrator=True)`."""
    return lambda **about: _make_user(app, **about)


def _make_user(
    app: Flask, *, password: str | None = PASSWORD, administrator: bool = False, proven: bool = True, role: str = "",
    must_change: bool = False, **about: str,
) -> int:
    from sqlalchemy import update

    from portal import trace
    from portal.accounts import credentials, users
    from portal.database import writing
    from portal.models import PhoneState, Role, User

    with app.app_context():
        hashed = credentials.hashed(password) if password else None
        given = Role.ADMINISTRATOR if administrator else Role(role) if role else None
        new = users.NewUser(password_hash=hashed, password_must_change=must_change, role=given, **about)
        with writing() as connection:
            user_id = users.create(connection, trace.COMMAND, new, actor=trace.Actor("test"), home="DE")
            if proven and about.get("phone"):
                connection.execute(update(User).where(User.id == user_id).values(phone_state=PhoneState.PROVEN))
        return user_id


@pytest.fixture
def portals() -> Iterator[Callable[..., Portal]]:
    """Starts portals behind gunicorn: `portals(DATABASE_URL=postgres, REDIS_URL=redis_server.url)`. All end with the test."""
    started: list[Portal] = []

    def start(**environment: str) -> Portal:
        started.append(Portal(**environment))
        started[-1].start()
        return started[-1]

    yield start
    for portal in reversed(started):
        portal.end()


@pytest.fixture
def portal_server(portals: Callable[..., Portal]) -> Portal:
    """The portal behind gunicorn with two workers and its sender, on SQLite."""
    return portals()


@pytest.fixture
def real_visitor(portal_server: Portal) -> Visitor:
    """A person with a browser without script, before `portal_server`."""
    return Visitor(OverNetwork(portal_server.url))


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Debian's Chromium, driven by Playwright."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program("chromium"), args=CHROMIUM)
        yield chromium
        chromium.close()
