"""Is the portal alive, and is it ready?"""

from __future__ import annotations

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy import text

from portal import counters
from portal.counters import Ask, CountersGone
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
    parts = {"database": _answers(_database), "counters": _answers(_counters), "queue": _answers(_queue), "sender": _answers(_sender)}
    well = all(parts.values())
    return jsonify(status="ok" if well else "not ready", **{name: "ok" if ok else "down" for name, ok in parts.items()}), 200 if well else 503


def _answers(part: object) -> bool:
    try:
        return bool(part())  # type: ignore[operator]
    except (CountersGone, Exception):
        return False


def _database() -> bool:
    with reading() as connection:
        return connection.execute(text("SELECT 1")).scalar() == 1


def _counters() -> bool:
    counters.take(Ask("ready", 1, amount=0))
    return True


def _queue() -> bool:
    return queue.size() >= 0


def _sender() -> bool:
    return sender.alive()
