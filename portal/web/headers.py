"""Which headers go out with every answer, errors and static files included?"""

from __future__ import annotations

import re
import secrets

from flask import Flask, request
from flask.wrappers import Response

from portal import trace
from portal.extensions import settings

_POLICY = "; ".join((
    "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:", "connect-src 'self'",
    "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'",
))
_ALWAYS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=(), otp-credentials=(self)",
}
_REQUEST_ID = re.compile(r"^[A-Za-z0-9\-]{8,36}$")


def _name_request() -> None:
    """Give the request its id: the proxy's, if one stands in front and gives a sane one, else a random one."""
    given = request.headers.get("X-Request-ID", "") if settings().portal_proxies else ""
    trace.request_id.set(given if _REQUEST_ID.match(given) else secrets.token_hex(8))


def _add(response: Response) -> Response:
    headers = response.headers
    for name, value in _ALWAYS.items():
        headers[name] = value
    if settings().https:
        headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    if "Cache-Control" not in headers or request.endpoint != "static":
        headers["Cache-Control"] = "no-store"
    headers["X-Request-ID"] = trace.request_id.get() or ""
    return response


def init_app(app: Flask) -> None:
    """Name every request and dress every answer."""
    app.before_request(_name_request)
    app.after_request(_add)
