"""What does the operator's log say? One line a record, JSON in production, each with its request; no secret in any."""

from __future__ import annotations

import json
import logging
import re
import sys
import time
from typing import Any

from flask import Flask

from portal import trace

_CHATTY = ("vonage", "vonage_http_client", "urllib3", "requests", "sqlalchemy", "werkzeug", "huey", "alembic", "flask-limiter")
_ROW = re.compile(r"(DETAIL: +).*")
"""PostgreSQL shows the whole row that it refuses."""
_NUMBER = re.compile(r"\+?\d[\d ]{7,}\d")


class _Json(logging.Formatter):
    """A record as one JSON object. Long runs of digits are cut, so that no phone number or code slips through."""

    def format(self, record: logging.LogRecord) -> str:
        """One line of JSON."""
        entry: dict[str, Any] = {
            "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(record.created)), "level": record.levelname,
            "logger": record.name, "request": trace.request_id.get(), "message": hide(record.getMessage()),
        }
        entry |= getattr(record, "facts", {})
        if record.exc_info:
            entry["exception"] = hide(self.formatException(record.exc_info))
        return json.dumps(entry, ensure_ascii=False)


class _Plain(logging.Formatter):
    """The same for people who develop."""

    def format(self, record: logging.LogRecord) -> str:
        """One readable line."""
        facts = " ".join(f"{name}={value}" for name, value in getattr(record, "facts", {}).items())
        traced = "\n" + hide(self.formatException(record.exc_info)) if record.exc_info else ""
        return f"{record.levelname:<7} {record.name}: {hide(record.getMessage())} {facts}".rstrip() + traced


def hide(text: str) -> str:
    """The text without the rows in it that a database refused, and with the middle of every long run of digits hidden."""
    return _NUMBER.sub(lambda found: found[0][:3] + "…" + found[0][-2:], _ROW.sub(r"\1…", text))


def init_app(app: Flask) -> None:
    """Log to standard error as the settings say. The chatty libraries stay at WARNING: at DEBUG they print bodies."""
    settings = app.config["PORTAL"]
    stream = logging.StreamHandler(sys.stderr)
    stream.setFormatter(_Json() if settings.production else _Plain())
    root = logging.getLogger()
    root.handlers = [stream]
    root.setLevel(settings.portal_log_level)
    # gunicorn has set up its own by now; one log in one form is easier to read and to collect.
    logging.getLogger("gunicorn.error").handlers = []
    logging.getLogger("gunicorn.error").propagate = True
    for name in _CHATTY:
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))
