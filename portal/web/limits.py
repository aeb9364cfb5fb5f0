"""How many forms may one address send? The edge of the portal, by Flask-Limiter, counted across all processes."""

from __future__ import annotations

import logging
from collections.abc import Callable
from math import ceil
from typing import Any

from flask import request
from flask_limiter import RateLimitExceeded, RequestLimit

from portal import audit, counters
from portal.audit import Event, What
from portal.counters import Ask
from portal.extensions import limiter, settings
from portal.web.client import address, client

log = logging.getLogger(__name__)
_NOTED_EVERY = 300


def _passwords() -> str:
    return f"{settings().portal_limit_password_per_address} per 5 minutes"


def _forms() -> str:
    return f"{settings().portal_limit_requests_per_address} per 5 minutes"


def passwords(view: Callable[..., Any]) -> Any:
    """Limit password tries per address."""
    return limiter.shared_limit(_passwords, scope="passwords", key_func=address)(view)


def forms(view: Callable[..., Any]) -> Any:
    """Limit all other form posts per address, together."""
    return limiter.shared_limit(_forms, scope="forms", key_func=address)(view)


def scans(view: Callable[..., Any]) -> Any:
    """Limit the codes to scan that one address is shown: each is drawn and kept."""
    return limiter.shared_limit(_forms, scope="scans", key_func=address)(view)


def previews(view: Callable[..., Any]) -> Any:
    """Limit what a script asks while somebody types: it must not use up the forms, which the person sends."""
    return limiter.shared_limit(_forms, scope="previews", key_func=address)(view)


def note_refusal() -> None:
    """Write down that an address is refused, once in a while: a flood must not become a flood of rows."""
    try:
        if counters.take(Ask(f"noted:{address()}", _NOTED_EVERY))[0].count == 1:
            audit.note(client(), Event(event=What.REQUESTS_REFUSED, outcome="too many", detail={"page": request.endpoint}))
    except Exception as fault:
        # The refusal holds whether or not it can be written down.
        log.warning("refusal not noted: %s", type(fault).__name__)


def name(error: RateLimitExceeded) -> str:
    """Which limit an address has used up."""
    return str(error.limit.scope) if error.limit and error.limit.scope else "other"


def retry_after(seconds: float) -> dict[str, str]:
    """The header that says when to try again (RFC 9110 10.2.3), whole seconds, at least one."""
    return {"Retry-After": str(max(1, ceil(seconds)))}


def seconds_left(limit: RequestLimit | None, now: float) -> int:
    """How long an address has to wait that has used its limit up."""
    return max(1, ceil(limit.reset_at - now)) if limit else 60
