"""Where does a test count, and from how many processes?"""

from __future__ import annotations

import multiprocessing
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from flask import Flask

from config import Settings
from portal import counters
from portal.counters import Ask
from portal.database import prepare
from portal.extensions import db
from tests.servers import Redis

Answer = TypeVar("Answer")
Wait = Callable[[float], None]
TRY = Ask("try", 60)
LOOK = Ask("try", 60, amount=0)


class Place:
    """Where one portal counts. `app()` is what each of its processes would make."""

    def __init__(self, database: str, redis: str = "") -> None:
        driver = database.replace("postgresql://", "postgresql+psycopg://")
        self.settings = Settings(database_url=driver, redis_url=redis)

    def app(self) -> Flask:
        app = Flask("counting")
        app.config.update(PORTAL=self.settings, SQLALCHEMY_DATABASE_URI=self.settings.database_url)
        db.init_app(app)
        counters.init_app(app)
        with app.app_context():
            prepare(db.engine)
        return app

    @property
    def file(self) -> Path:
        return Path(f"{self.settings.sqlite_path}-counters")


def beside(folder: Path) -> str:
    """The address of a main database whose counters lie in this folder."""
    return f"sqlite:///{folder / 'portal.db'}"


def say(redis: Redis, *command: str) -> str:
    """What Redis answers to a command from outside the portal."""
    program = ["redis-cli", "-p", str(redis.port), *command]
    return subprocess.run(program, check=True, capture_output=True, text=True).stdout


def in_processes(work: Callable[[], Answer], processes: int = 4) -> list[Answer]:
    """What `work` returned in each of several processes that ran at the same time."""
    context = multiprocessing.get_context("fork")
    answers = context.Queue()
    started = [context.Process(target=lambda: answers.put(work())) for _ in range(processes)]
    for process in started:
        process.start()
    found = [answers.get(timeout=60) for _ in started]
    for process in started:
        process.join()
    return found


def counts(*asks: Ask) -> list[int]:
    return [hit.count for hit in counters.take(*asks)]
