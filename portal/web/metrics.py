"""What does a monitoring system read, if it says the token or comes by the port of its own?"""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Flask, Response, abort, request
from flask.typing import ResponseReturnValue

from portal import metrics
from portal.extensions import settings
from portal.health import gauges
from portal.web import headers
from portal.web.admission import anyone

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse

blueprint = Blueprint("metrics", __name__)
PATH = "/metrics"
_SCHEME = "Bearer "


@blueprint.get(PATH)
@anyone
def show() -> ResponseReturnValue:
    """All metrics, for whoever gives the token. Without a token in the settings there is no such page."""
    token, given = settings().portal_metrics_token, request.headers.get("Authorization", "")
    if not token:
        abort(404)
    # As bytes, in a time that does not tell how much of the token was right.
    if not hmac.compare_digest(given.encode("utf-8", "surrogatepass"), f"{_SCHEME}{token}".encode()):
        return Response(status=401, headers={"WWW-Authenticate": f'{_SCHEME}realm="metrics"'})
    return Response(metrics.exposition(gauges.readings()), content_type=metrics.CONTENT_TYPE)


class Port:
    """The application at a second address, on which there is nothing but the metrics, and no token is asked for.

    It stands in front of everything else: which socket a request came by is the server's word, that no header changes.
    """

    def __init__(self, app: Flask, port: int) -> None:
        self._app, self._inside, self._port = app, app.wsgi_app, str(port)

    def __call__(self, environ: dict[str, Any], start: StartResponse) -> Iterable[bytes]:
        """Answer a request, or let it through to the application."""
        if environ.get("SERVER_PORT") != self._port:
            return self._inside(environ, start)
        if environ["REQUEST_METHOD"] != "GET" or environ["PATH_INFO"] != PATH:
            return _answer(start, HTTPStatus.NOT_FOUND, "text/plain", b"There is /metrics here.\n")
        with self._app.app_context():
            return _answer(start, HTTPStatus.OK, metrics.CONTENT_TYPE, metrics.exposition(gauges.readings()))


def _answer(start: StartResponse, status: HTTPStatus, kind: str, body: bytes) -> Iterable[bytes]:
    about = [("Content-Type", kind), ("Content-Length", str(len(body))), ("Cache-Control", "no-store")]
    start(f"{status.value} {status.phrase}", [*about, *headers.ALWAYS])
    return [body]
