"""How does the id of a waiting message reach the sender? Through a storage of huey's: a file, Redis or PostgreSQL.

Only ids travel, as digits: nothing is unpickled, so whoever can write to the queue can at most ring the bell.
"""

from __future__ import annotations

import importlib
import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from flask import current_app

from config import Settings
from portal.extensions import settings

NAME, BULK = "portal", "portal-bulk"
"""The queue of messages, and that of work that takes long: what waits in the one never holds up the other."""
EXTENSION = f"{NAME}-queue"
TABLES = "huey"
"""Prefix of the tables that the queue makes for itself on PostgreSQL without Redis."""
WAIT = 1
"""Seconds that one look into a queue that can wait takes at most."""
REST = 2.0
"""Seconds for which a queue that failed is not asked again: no request waits for a dead server twice."""

_opening = threading.Lock()


class QueueRests(Exception):
    """The queue failed a moment ago."""


@dataclass
class _Queue:
    """The storage as one process has it open. A connection must not cross a fork, so it belongs to a process id."""

    process: int
    storage: Any
    rests_until: float = 0.0


def put(message_id: int, name: str = NAME) -> None:
    """Add an id. Raises whatever the storage raises, and QueueRests for a moment after that."""
    opened = _queue(name)
    if time.monotonic() < opened.rests_until:
        raise QueueRests
    try:
        opened.storage.enqueue(b"%d" % message_id)
    except Exception:
        opened.rests_until = time.monotonic() + REST
        raise


def take(name: str = NAME) -> int | None:
    """The next id, or None when there is none or it is not a number. May wait up to WAIT seconds if `waits()`."""
    data = _queue(name).storage.dequeue()
    digits = bytes(data) if data is not None else b""
    return int(digits) if digits.isdigit() else None


def size() -> int:
    """How many ids wait. Raises whatever the storage raises."""
    return int(_queue().storage.queue_size())


def waits() -> bool:
    """Whether `take` itself waits for an id; if not, the caller has to ask again and again."""
    return bool(_queue().storage.blocking)


def prepare(settings: Settings) -> None:
    """Import what this queue is built on, so that forked workers share it and no request pays for it."""
    _storages(settings)


def _queue(name: str = NAME) -> _Queue:
    kept = f"{name}-queue"
    opened: _Queue | None = current_app.extensions.get(kept)
    if opened is not None and opened.process == os.getpid():
        return opened
    with _opening:
        opened = current_app.extensions[kept] = _Queue(os.getpid(), _open(settings(), name))
    return opened


def _open(settings: Settings, name: str) -> Any:
    storages = _storages(settings)
    if settings.redis_url:
        return storages.RedisStorage(name, read_timeout=WAIT, connection_pool=_redis_pool(settings.redis_url))
    if settings.sqlite_path:
        return storages.SqliteStorage(name, filename=f"{settings.sqlite_path}-queue", fsync=False, timeout=2, cache_mb=1)
    return storages.PostgresStorage(name, read_timeout=WAIT, connection=_postgres(settings.database_url), table_prefix=TABLES)


def _redis_pool(url: str) -> Any:
    """One retry, for a connection that Redis closed while idle; a text queued twice is sent once."""
    from redis import ConnectionError, ConnectionPool
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    retry = Retry(NoBackoff(), 1, supported_errors=(ConnectionError,))
    return ConnectionPool.from_url(url, socket_connect_timeout=0.5, socket_timeout=WAIT + 1, retry=retry)


def _postgres(url: str) -> Any:
    import psycopg

    return lambda: psycopg.connect(url.replace("postgresql+psycopg://", "postgresql://"), connect_timeout=2)


def _storages(settings: Settings) -> ModuleType:
    """huey's storages, imported without the clients that these settings do not use: 100 ms and 20 MB of start-up."""
    unused = [name for name, used in (("redis", settings.redis_url), ("psycopg", not settings.sqlite_path)) if not used]
    with _absent(*unused):
        storages = importlib.import_module("huey.storage")
    missing = (settings.redis_url and storages.Redis is None) or (not settings.sqlite_path and storages.psycopg is None)
    return importlib.reload(storages) if missing else storages


@contextmanager
def _absent(*names: str) -> Iterator[None]:
    """huey imports every client that is installed; for the time of its import these are not."""
    present = {name: sys.modules.get(name) for name in names}
    sys.modules.update(dict.fromkeys(names))  # type: ignore[arg-type]
    try:
        yield
    finally:
        for name, module in present.items():
            if module is None:
                del sys.modules[name]
            else:
                sys.modules[name] = module
