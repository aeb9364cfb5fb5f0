"""How does a test set up further gateways and rules beside the gateway of the environment?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import insert

from portal import clock
from portal.database import writing
from portal.messages import standing
from portal.models import GatewayKind, MessageGateway, MessageRoute
from tests.gateway import Gateway


def add_gateway(app: Flask, name: str, server: Gateway | None = None, **about: Any) -> None:
    """One more gateway in the table, last in order; `server` is where it lies. Its credentials are the environment's."""
    places = {"api_host": server.host, "rest_host": server.host} if server else {}
    row = {"kind": GatewayKind.VONAGE, "title": name.title(), "enabled": True, "position": 1, "per_second": 100,
           "sender": "Second", "settings": places, "created_at": clock.now()} | about
    with app.app_context():
        with writing() as connection:
            connection.execute(insert(MessageGateway), {"name": name, **row})
        standing.forget()


def add_rule(app: Flask, prefix: str, *choices: tuple[str, str | None]) -> None:
    """Numbers with `prefix` (digits) go by these gateways, each with its sender or None."""
    with app.app_context():
        with writing() as connection:
            connection.execute(insert(MessageRoute), {
                "prefix": prefix, "choices": [{"gateway": name, "sender": sender} for name, sender in choices],
                "created_at": clock.now()})
        standing.forget()


def trusted_together(*servers: Gateway) -> Path:
    """A file with the certificates of all these servers."""
    file = servers[0].folder / "all.pem"
    file.write_text("".join(server.ca_file.read_text() for server in servers))
    return file
