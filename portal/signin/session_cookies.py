"""In which cookie is a session kept? A trial has one of its own, whose value is worth nothing in the other's place."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from typing import cast

from flask import Flask, Request, Response
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from itsdangerous import URLSafeTimedSerializer

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


class _Cookie(SecureCookieSessionInterface):
    """A cookie of one application. What signs it is made once: its keys and salt are the same for each request."""

    _signing: URLSafeTimedSerializer | None = None

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        if self._signing is None and (made := super().get_signing_serializer(app)):
            signer = made.make_signer()
            signer.derive_key = cache(signer.derive_key)  # type: ignore[method-assign]
            made.make_signer = lambda salt=None: signer  # type: ignore[method-assign]  # noqa: ARG005 - as its callers name it
            self._signing = made
        return self._signing


class _TrialCookie(_Cookie):
    """The cookie of a trial, signed otherwise than the portal's, for as long as a trial may live."""

    salt = "trial-session"
    session_class = TrialSession

    def get_cookie_name(self, app: Flask) -> str:
        name: str = super().get_cookie_name(app)
        return f"{name}-trial"

    def get_expiration_time(self, app: Flask, session: SessionMixin) -> datetime:  # noqa: ARG002 - as Flask calls it
        return datetime.fromtimestamp(clock.now() + LIFETIME, UTC)


class Cookies(_Cookie):
    """Opens and saves the session of each request in the cookie that belongs to its address."""

    def __init__(self) -> None:
        self.trial = _TrialCookie()

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """The trial's session under its prefix, the portal's everywhere else: neither reads the other's cookie."""
        if in_trial(request):
            return cast(SecureCookieSession, self.trial.open_session(app, request))
        return super().open_session(app, request)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Write the session back where it came from."""
        if isinstance(session, TrialSession):
            self.trial.save_session(app, session, response)
        else:
            super().save_session(app, session, response)


def hand_trial(app: Flask, response: Response, trial_id: int) -> None:
    """Put the cookie of a new trial on an answer; the session that the answer belongs to stays as it is."""
    fresh = TrialSession()
    fresh[TRIAL] = trial_id
    cast(Cookies, app.session_interface).trial.save_session(app, fresh, response)
