"""Which headers go out with every answer, errors and static files included?"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterable
from typing import Any, cast

from flask import Flask, request
from flask.wrappers import Response

from config import Settings
from portal import trace
from portal.extensions import settings

_POLICY = "; ".join((
    "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:", "connect-src 'self'",
    "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'",
))
ALWAYS = list({
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=(), otp-credentials=(self)",
}.items())
"""On every answer, whatever it is about and wherever it comes from."""
_HTTPS = [*ALWAYS, ("Strict-Transport-Security", "max-age=31536000; includeSubDomains")]
_LASTING = frozenset({"static", "application_looks.logo", "application_looks.accent"})
"""What is the same for everybody and may be kept, where the view says for how long."""
_REQUEST_ID = re.compile(r"^[A-Za-z0-9\-]{8,36}$")


def _name_request() -> None:
    """Give the request its id: the proxy's, if one stands in front and gives a sane one, else a random one; and say who asks."""
    given = request.headers.get("X-Request-ID", "") if settings().portal_proxies else ""
    trace.request_id.set(given if _REQUEST_ID.match(given) else secrets.token_hex(8))
    # What browsers say of whatever a script fetches. Ours fetch by themselves to see how things stand; what is typed is posted.
    trace.by_itself.set(request.method == "GET" and request.headers.get("Sec-Fetch-Dest") == "empty")


def _keep_out_of_caches(response: Response) -> Response:
    if request.endpoint not in _LASTING or "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "no-store"
    return response


class Dress:
    """WSGI: puts these headers on every answer. Nothing else sets them, so they are added to the plain list: through the
    response's own headers they would cost more than all the others."""

    def __init__(self, application: Any, *, https: bool) -> None:
        self.application = application
        self.always = _HTTPS if https else ALWAYS

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Pass the request on, and dress its answer."""

        def dressed(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            return start_response(status, [*headers, *self.always, ("X-Request-ID", trace.request_id.get() or "")], *error)

        answer: Iterable[bytes] = self.application(environ, dressed)
        return answer


def unreadable(status: int, reason: str, *, https: bool) -> bytes:
    """The whole answer to bytes that are no request: dressed as every other, and without a word of what was sent."""
    page = f"<!doctype html><html lang=en><title>{reason}</title><h1>{reason}</h1><p>The portal could not read that request."
    lines = [f"HTTP/1.1 {status} {reason}", "Connection: close", "Content-Type: text/html; charset=utf-8",
             f"Content-Length: {len(page)}", "Cache-Control: no-store"]
    dress = [f"{name}: {value}" for name, value in (_HTTPS if https else ALWAYS)]
    return "\r\n".join([*lines, *dress, "", page]).encode("latin-1")


def init_app(app: Flask) -> None:
    """Name every request and dress every answer."""
    app.before_request(_name_request)
    app.after_request(_keep_out_of_caches)
    https = cast(Settings, app.config["PORTAL"]).https
    app.wsgi_app = Dress(app.wsgi_app, https=https)  # type: ignore[method-assign]
