"""In which cookie is a session kept? A trial has one of its own, whose value is worth nothing in the other's place."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import cast

from flask import Flask, Request, Response
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin

from portal import clock

MARK = "portal.trial"
"""The name in a request's WSGI environment that says it is for a page of a trial."""
LIFETIME = 900
"""Seconds that a trial lives."""
TRIAL = "trial"
"""The name under which its cookie holds the id of a trial."""


def in_trial(request: Request) -> bool:
    """Whether a request asks for a page of a trial. Its address says so; no header becomes such a name."""
    return MARK in request.environ


class TrialSession(SecureCookieSession):
    """The session of a trial."""


class _TrialCookie(SecureCookieSessionInterface):
    """The cookie of a trial, signed otherwise than the portal's, for as long as a trial may live."""

    salt = "trial-session"
    session_class = TrialSession

    def get_cookie_name(self, app: Flask) -> str:
        name: str = super().get_cookie_name(app)
        return f"{name}-trial"

    def get_expiration_time(self, app: Flask, session: SessionMixin) -> datetime:  # noqa: ARG002 - as Flask calls it
        return datetime.fromtimestamp(clock.now() + LIFETIME, UTC)


_trial_cookie = _TrialCookie()


class Cookies(SecureCookieSessionInterface):
    """Opens and saves the session of each request in the cookie that belongs to its address."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """The trial's session under its prefix, the portal's everywhere else: neither reads the other's cookie."""
        if in_trial(request):
            return cast(SecureCookieSession, _trial_cookie.open_session(app, request))
        return super().open_session(app, request)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Write the session back where it came from."""
        if isinstance(session, TrialSession):
            _trial_cookie.save_session(app, session, response)
        else:
            super().save_session(app, session, response)


def hand_trial(app: Flask, response: Response, trial_id: int) -> None:
    """Put the cookie of a new trial on an answer; the session that the answer belongs to stays as it is."""
    fresh = TrialSession()
    fresh[TRIAL] = trial_id
    _trial_cookie.save_session(app, fresh, response)
