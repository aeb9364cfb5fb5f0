"""How long do requests take? Measured by endpoint, never by path, and only where somebody wants to know."""

from __future__ import annotations

import time

from flask import Flask, g, request
from flask.wrappers import Response

from portal import metrics
from portal.metrics.catalogue import REQUEST

_UNKNOWN = "none"
"""The endpoint of an address that does not exist."""


def _begin() -> None:
    g.began = time.perf_counter()


def _end(response: Response) -> Response:
    seconds = time.perf_counter() - g.pop("began", time.perf_counter())
    metrics.observe(REQUEST, seconds, request.endpoint or _UNKNOWN, f"{response.status_code // 100}xx")
    return response


def init_app(app: Flask) -> None:
    """Call it before all other parts, so that what they do is measured, too."""
    if metrics.wanted():
        app.before_request(_begin)
        app.after_request(_end)
