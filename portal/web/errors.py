"""Which page does a fault become? Every exception that leaves a view ends here, once."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from flask import Flask, make_response, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_limiter import RateLimitExceeded
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException, InternalServerError

from portal import clock, metrics, trace
from portal.applications import upkeep
from portal.applications.register import NoSuchApplication
from portal.counters import CountersGone
from portal.extensions import limiter
from portal.metrics.catalogue import REFUSALS
from portal.web import limits, phrases
from portal.web.moments import moment
from portal.web.rendering import render
from portal.web.reopening import reopened

log = logging.getLogger(__name__)
_NOT_NOW = 5


@dataclass(frozen=True)
class Action:
    """What the page offers to do next."""

    url: str
    label: str


def _stale(error: CSRFError) -> ResponseReturnValue:
    """The form again under status 400, with what was typed and a fresh token."""
    log.info("form refused", extra={"facts": {"endpoint": request.endpoint, "why": error.description}})
    answer = reopened(phrases.stale(), 400)
    if answer is not None and not answer.location:
        return answer
    words = _("This page is out of date"), _("It came from an earlier login, or had been open too long. Nothing was changed.")
    return _page(400, words=words, action=Action(answer.location, _("Go on")) if answer and answer.location else None)


def _http(error: HTTPException) -> ResponseReturnValue:
    answer = make_response(_page(error.code or 500))
    for name, value in error.get_headers(request.environ):
        if name in ("Allow", "Retry-After"):
            answer.headers[name] = value
    return answer


def _too_many(error: RateLimitExceeded) -> ResponseReturnValue:
    metrics.count(REFUSALS, limits.name(error))
    limits.note_refusal()
    return _again_later(429, limits.seconds_left(limiter.current_limit, clock.now()))


def _not_now(error: Exception) -> ResponseReturnValue:
    """Database, counters or pool do not answer: nothing was decided, so nothing is told but to try again."""
    log.error("not now: %s", type(error).__name__, extra={"facts": {"endpoint": request.endpoint}})
    return _again_later(503, _NOT_NOW)


def _again_later(status: int, seconds: int) -> ResponseReturnValue:
    """The form as it was, if it can be shown, with the reason above it; else a page of its own."""
    notice = phrases.too_many(seconds) if status == 429 else phrases.not_now()  # noqa: PLR2004
    answer = reopened(notice, status)
    if answer is None or answer.location:
        return _page(status, seconds)
    answer.headers.update(limits.retry_after(seconds))
    return answer


def _no_application(error: NoSuchApplication) -> ResponseReturnValue:
    """A page of an application that is not there, or was deleted while somebody had it open."""
    at = upkeep.deleted_at(error.application_id) if error.application_id is not None else None
    if at is None:
        return _page(404)
    words = (_("This application was deleted"),
             _("That was at %(time)s. Nothing of what you sent was saved; the audit log says who did it.", time=moment(at)))
    return _page(410, words=words, action=Action(url_for("applications.list_page"), _("Go to the applications")))


def _database(error: DBAPIError) -> ResponseReturnValue:
    if error.connection_invalidated or type(error).__name__ in ("OperationalError", "InterfaceError"):
        return _not_now(error)
    return _fault(error)


def _fault(error: Exception) -> ResponseReturnValue:
    log.error("unexpected fault", exc_info=error, extra={"facts": {"endpoint": request.endpoint, "path": request.path}})
    return _page(500)


def _page(status: int, retry_after: int | None = None, *, words: tuple[str, str] | None = None,
          action: Action | None = None) -> ResponseReturnValue:
    title, text = words or _words(status)
    # Flask-Login and the database may be what is broken: the page needs neither.
    page = render("pages/error.html", title=title, text=text, status=status, retry_after=retry_after,
                  request_id=trace.request_id.get(), action=action or Action("/", _("Go to the start page")))
    return page, status, limits.retry_after(retry_after) if retry_after else {}


def _words(status: int) -> tuple[str, str]:
    said = {
        400: (_("That request can’t be read"),
              _("Something in it was missing or broken. Go back, reload the page and try again.")),
        403: (_("Not yours to open"), _("Your account may not open this page. Ask an administrator if you need it.")),
        404: (_("There is no such page"), _("The address is wrong, or the page has moved. Check what you typed.")),
        405: (_("That can’t be done here"), _("The page does not take this kind of request. Go back and use its buttons.")),
        413: (_("That is too much"), _("What was sent is larger than any form of ours. Shorten it and try again.")),
        429: (_("Too many tries"), _("Your network has sent too many requests. Wait a little, then go on where you were.")),
        503: (_("Not now"), _("The portal can’t answer for the moment. Nothing is lost: wait a few seconds and try again.")),
    }
    if status in said:
        return said[status]
    if 400 <= status < 500:  # noqa: PLR2004
        return said[400]
    return (_("Something went wrong"),
            _("That is our fault, and it is written down. Try again; if it stays, tell your administrator."))


def init_app(app: Flask) -> None:
    """Turn every exception into a page."""
    app.jinja_env.globals["brand"] = app.config["PORTAL"].portal_name
    app.register_error_handler(CSRFError, _stale)
    app.register_error_handler(RateLimitExceeded, _too_many)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(NoSuchApplication, _no_application)
    app.register_error_handler(CountersGone, _not_now)
    app.register_error_handler(PoolTimeout, _not_now)
    app.register_error_handler(DBAPIError, _database)
    app.register_error_handler(Exception, _fault)
    app.register_error_handler(InternalServerError, lambda error: _fault(error.original_exception or error))
