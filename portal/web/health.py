"""Is the portal alive, and is it ready?"""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy import text

from portal import counters
from portal.counters import Ask
from portal.database import reading
from portal.messages import backlog, queue, sender
from portal.messages.backlog import Backlog
from portal.web.admission import anyone

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
@anyone
def alive() -> ResponseReturnValue:
    """The process answers. Nothing else is asked."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
@anyone
def ready() -> ResponseReturnValue:
    """Each part that a sign-in needs, in a word; 503 unless all are well. And how many messages wait, and for how long.

    Messages that wait for too long are no part that is down: people still sign in, so the answer is 200, and says `degraded`.
    """
    checks = {"database": _database, "counters": _counters, "queue": _queue, "sender": sender.alive}
    parts = {name: "ok" if _answers(check) else "down" for name, check in checks.items()}
    waiting = _waiting()
    if set(parts.values()) != {"ok"} or waiting is None:
        return jsonify(status="not ready", **parts, **_told(waiting)), 503
    return jsonify(status="degraded" if waiting.is_long else "ok", **parts, **_told(waiting))


def _waiting() -> Backlog | None:
    try:
        return backlog.present()
    except Exception:
        return None


def _told(waiting: Backlog | None) -> dict[str, int | None]:
    return {"queue_messages": waiting.depth if waiting else None, "queue_oldest_seconds": round(waiting.age) if waiting else None}


def _answers(check: Callable[[], bool]) -> bool:
    """A part that cannot even be asked is down; which fault it was is in its own log."""
    try:
        return check()
    except Exception:
        return False


def _database() -> bool:
    with reading() as connection:
        return connection.execute(text("SELECT 1")).scalar() == 1


def _counters() -> bool:
    counters.take(Ask("ready", 1, amount=0))
    return True


def _queue() -> bool:
    return queue.size() >= 0
