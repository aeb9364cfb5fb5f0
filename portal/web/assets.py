"""Under which address is a stylesheet or script served? One that changes with its content, so it may be kept for ever."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from flask import Flask, request
from flask.typing import ResponseReturnValue
from flask.wrappers import Response

_YEAR = 31_536_000


def _addresses(app: Flask) -> Callable[..., str]:
    """`url_for` for templates, which remembers addresses without arguments: they never change while the process lives.

    Those of a trial lie elsewhere than the same ones of the portal.
    """
    known = lru_cache(maxsize=128)(lambda endpoint, _root: app.url_for(endpoint))
    return lambda endpoint, **values: app.url_for(endpoint, **values) if values else known(endpoint, request.root_path)


def init_app(app: Flask) -> None:
    """Offer `asset(name)` to the templates."""
    folder = Path(app.static_folder or "")

    @lru_cache(maxsize=64)
    def version(name: str) -> str:
        return hashlib.sha256((folder / name).read_bytes()).hexdigest()[:10]

    @lru_cache(maxsize=64)
    def asset(name: str) -> str:
        # Not by url_for: a request with a foreign Host has no addresses, and its error page needs its stylesheet.
        return f"{app.static_url_path}/{name}?v={version(name)}"

    def keep(response: Response) -> ResponseReturnValue:
        if request.endpoint == "static" and response.status_code == 200 and request.args.get("v"):  # noqa: PLR2004
            response.headers["Cache-Control"] = f"public, max-age={_YEAR}, immutable"
        return response

    app.jinja_env.globals["asset"] = asset
    app.jinja_env.globals["url_for"] = _addresses(app)
    app.after_request(keep)
