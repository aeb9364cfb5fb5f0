"""Is the portal alive, and is it ready?"""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy import text

from portal import counters
from portal.counters import Ask
from portal.database import reading
from portal.messages import queue, sender
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
    """Each part that a sign-in needs, in a word; 503 unless all are well."""
    checks = {"database": _database, "counters": _counters, "queue": _queue, "sender": sender.alive}
    parts = {name: "ok" if _answers(check) else "down" for name, check in checks.items()}
    well = set(parts.values()) == {"ok"}
    return jsonify(status="ok" if well else "not ready", **parts), 200 if well else 503


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
