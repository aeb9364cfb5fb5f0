"""Which store counts for the running application?"""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from flask import Flask, current_app

from config import Settings
from portal.counters.ask import Ask, Hit, LastingStore, storable
from portal.counters.fallback import RedisFirst
from portal.counters.sqlite_file import SQLiteFile
from portal.counters.table import Table

EXTENSION = "portal_counters"


def init_app(app: Flask) -> None:
    """Choose the store from the settings in `app.config["PORTAL"]`, and have Flask-Limiter count there too.

    Call it before `limiter.init_app`. Nothing is opened or connected yet, so it is safe before a fork.
    """
    app.extensions[EXTENSION] = _chosen(app.config["PORTAL"])
    # Else the limiter would count in the memory of each process, and every worker would add one more limit.
    app.config["RATELIMIT_STORAGE_URI"] = "portal://"
    app.config["RATELIMIT_STRATEGY"] = "fixed-window"


def take(*asks: Ask) -> list[Hit]:
    """Count and answer each ask, in their order; every single one is atomic over all threads and processes.

    Call it with no transaction open: it is part of none, and on PostgreSQL takes a connection of its own.
    Raises CountersGone where no store answers.
    """
    if not asks:
        return []
    return store().take([_storable(ask) for ask in asks])


def give_back(*keys: str) -> None:
    """Take one off each counter, never below 0. Raises CountersGone."""
    if keys:
        store().give_back([storable(key) for key in keys])


def clear(*keys: str) -> None:
    """Forget these counters. Raises CountersGone."""
    if keys:
        store().clear([storable(key) for key in keys])


def tidy() -> int:
    """Delete the counters whose window has closed; returns how many. Raises CountersGone."""
    return store().tidy()


def store() -> LastingStore:
    """The store of the running application."""
    return cast(LastingStore, current_app.extensions[EXTENSION])


def _chosen(settings: Settings) -> LastingStore:
    path = settings.sqlite_path
    lasting: LastingStore = SQLiteFile(path.with_name(f"{path.name}-counters")) if path else Table()
    if not settings.redis_url:
        return lasting
    from portal.counters.redis_server import RedisServer  # 74 ms and 8 MB, for those who have Redis only

    return RedisFirst(RedisServer(settings.redis_url), lasting)


def _storable(ask: Ask) -> Ask:
    key = storable(ask.key)
    return ask if key is ask.key else replace(ask, key=key)
