"""What is wrong with this portal, and what helps?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import inspect, text

import config
from config import HERE
from portal import counters
from portal.accounts import users
from portal.counters import Ask
from portal.database import reading
from portal.extensions import db, settings
from portal.messages import queue, sender


@dataclass
class Finding:
    """One part of the portal, whether it is well, and in words what is or what helps."""

    part: str
    well: bool
    words: str


def all_findings() -> list[Finding]:
    """Everything that can be checked from here, one finding a part."""
    parts: list[tuple[str, Callable[[], Finding]]] = [
        ("settings", _settings), ("database", _database), ("schema", _schema), ("counters", _counters), ("queue", _queue),
        ("sender", _sender), ("gateway", _gateway), ("administrator", _administrator),
    ]
    return [_safely(part, check) for part, check in parts]


def _safely(part: str, check: Callable[[], Finding]) -> Finding:
    try:
        return check()
    except Exception as error:
        return Finding(part, False, f"cannot be reached: {type(error).__name__}.")


def _settings() -> Finding:
    """The portal would not have started with unsafe ones; so say which would stop it in production."""
    faults = config.unsafe_in_production(settings())
    if settings().production or not faults:
        return Finding("settings", True, "fit for production." if not faults else " ".join(faults))
    return Finding("settings", True, "for development. In production these would stop the start: " + " ".join(faults))


def _database() -> Finding:
    with reading() as connection:
        connection.execute(text("SELECT 1"))
        kind = connection.dialect.name
    return Finding("database", True, kind if kind == "postgresql" else "sqlite; right for one machine.")


def _schema() -> Finding:
    from alembic.script import ScriptDirectory

    newest = ScriptDirectory(str(HERE / "migrations")).get_current_head()
    with reading() as connection:
        known = inspect(db.engine).has_table("alembic_version")
        present = connection.execute(text("SELECT version_num FROM alembic_version")).scalar() if known else None
    return Finding("schema", present == newest, "up to date." if present == newest else "out of date: run `flask db upgrade`.")


def _counters() -> Finding:
    counters.take(Ask("doctor", 1, amount=0))
    return Finding("counters", True, "in Redis." if settings().redis_url else "shared beside the database.")


def _queue() -> Finding:
    return Finding("queue", True, f"{queue.size()} waiting.")


def _sender() -> Finding:
    alive = sender.alive()
    silent = "not heard of for 20 s: start gunicorn with PORTAL_SENDER=on, or `flask portal sender`."
    return Finding("sender", alive, "running." if alive else silent)


def _gateway() -> Finding:
    name = settings().portal_gateway
    return Finding("gateway", True, name if name != "inbox" else "inbox: messages are shown at /inbox and sent to nobody.")


def _administrator() -> Finding:
    with reading() as connection:
        there = users.any_administrator(connection)
    missing = "none yet: `flask portal welcome` prints a one-time link."
    return Finding("administrator", there, "there is one." if there else missing)
