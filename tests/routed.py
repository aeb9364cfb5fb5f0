"""Which two gateways may a message leave by? Servers for them, and the portals that know both."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from portal import create_app
from portal.extensions import db
from portal.messages.delivery import deliver
from portal.messages.routing.resting import resting
from tests.conftest import settings
from tests.gateway import Gateway
from tests.letters import Letter
from tests.ways import add_gateway, trusted_together


@pytest.fixture
def first() -> Iterator[Gateway]:
    with Gateway() as running:
        yield running


@pytest.fixture
def second(first: Gateway) -> Iterator[Gateway]:
    """It knows the application of the first, so that one environment serves both."""
    with Gateway() as running:
        running.public_key = first.public_key
        yield running


@pytest.fixture(autouse=True)
def nobody_rests() -> Iterator[None]:
    resting._until.clear()
    yield
    resting._until.clear()


@pytest.fixture
def portal(both_databases: str, first: Gateway, second: Gateway) -> Iterator[Callable[..., Flask]]:
    """Portals with the first server as the environment's gateway: `portal(VONAGE_TIMEOUT="2")`."""
    made: list[Flask] = []

    def make(**environment: str) -> Flask:
        both = {"VONAGE_CA_FILE": str(trusted_together(first, second)), "VONAGE_SENDER": "First", "PORTAL_GATEWAY_RATE": "100"}
        made.append(create_app(settings(DATABASE_URL=both_databases, **first.settings() | both | environment)))
        return made[-1]

    yield make
    for app in made:
        with app.app_context():
            db.engine.dispose()


@pytest.fixture
def app(portal: Callable[..., Flask], second: Gateway) -> Flask:
    """With both servers as gateways, "vonage" before "second"."""
    application = portal()
    add_gateway(application, "second", second)
    return application


def delivered(letter: Letter) -> float | None:
    with letter.app.app_context():
        return deliver(letter.id)


def arrived(*servers: Gateway) -> list[int]:
    return [len(server.texts()) for server in servers]
