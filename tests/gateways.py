"""How do tests come by gateways and rules without walking through the console?"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from flask import Flask
from sqlalchemy import insert

from portal import boxes, clock
from portal.database import writing
from portal.messages import standing
from portal.models import MessageGateway, MessageRoute

PAIR = {"api_key": "abcd1234", "api_secret": "secret-of-the-tests"}


def add_gateway(
    app: Flask, name: str, *, kind: str = "vonage", enabled: bool = True, secrets: Mapping[str, str] | None = None, **about: Any,
) -> int:
    """A gateway behind those that there are; its id."""
    with app.app_context():
        with writing() as connection:
            sealed = boxes.sealed(json.dumps(secrets if secrets is not None else PAIR)) if secrets != {} else {}
            columns = {"kind": kind, "name": name, "title": name.title(), "enabled": enabled, "position": 100, "per_second": 30,
                       "sender": "Portal", "settings": {}, "created_at": clock.now(), "version": 1} | sealed | about
            added: Any = connection.execute(insert(MessageGateway).values(columns))
        standing.forget()
    return int(added.inserted_primary_key[0])


def add_rule(app: Flask, prefix: str, *gateways: str) -> int:
    """A rule for numbers that begin with those digits; its id."""
    with app.app_context():
        with writing() as connection:
            columns = {"prefix": prefix, "choices": [{"gateway": name, "sender": None} for name in gateways],
                       "created_at": clock.now(), "version": 1}
            added: Any = connection.execute(insert(MessageRoute).values(columns))
        standing.forget()
    return int(added.inserted_primary_key[0])
