"""Through which application does somebody come, and where do they want to go afterwards? The login's addresses carry both."""

from __future__ import annotations

from typing import Any

from flask import request

from portal.applications import brand
from portal.applications.brand import Found
from portal.signin import trials
from portal.sources import register
from portal.sources.register import Source
from portal.web import steps


def application() -> Found | None:
    """The application that the address names, by its client id; None for the portal itself. A trial is of one only."""
    tried = trials.current()
    client_id = tried.client_id if tried else request.args.get("application")
    return brand.find(client_id) if client_id else None


def next_address() -> str | None:
    """The local address to which the person wants to go."""
    return steps.local(request.args.get("next"))


def kept() -> dict[str, Any]:
    """What every address of this login carries on."""
    return {name: request.args[name] for name in ("application", "next") if name in request.args}


def offered(came_for: Found | None) -> tuple[Source, ...]:
    """The sources by which one comes in there."""
    return register.offered(came_for.hidden if came_for else ())
