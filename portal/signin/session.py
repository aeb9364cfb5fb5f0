"""What does the browser hold? The seed against forged forms, and a random token; everything else is the row's."""

from __future__ import annotations

import secrets

from flask import g, session
from flask_login import UserMixin, login_user, logout_user

from portal.keys import token_digest
from portal.signin.session_cookies import TRIAL, TrialSession

_PENDING = "pending"
_COMPLETE = "_user_id"


def trial_id() -> int | None:
    """The trial that this request is part of; None for every other request, whatever its cookies say."""
    if not isinstance(session._get_current_object(), TrialSession):  # type: ignore[attr-defined]
        return None
    held = session.get(TRIAL)
    return held if isinstance(held, int) else None


def pending_token() -> str | None:
    """The token of the sign-in under way in this browser."""
    token = session.get(_PENDING)
    return token if isinstance(token, str) else None


def complete_token() -> str | None:
    """The token of the complete sign-in of this browser."""
    token = session.get(_COMPLETE)
    return token if isinstance(token, str) else None


def browser() -> bytes:
    """SHA-256 of the seed of this browser's forms, which changes with every level: what belongs to this session alone is bound
    to it. A browser that has no seed yet is given one."""
    if not isinstance(session.get("csrf_token"), str):
        _sow()
    return token_digest(session["csrf_token"])


def hold_pending(token: str) -> None:
    """From now on this browser holds a sign-in under way, and nothing of before: neither token nor seed (ASVS 7.2.4)."""
    forget()
    session[_PENDING] = token
    _sow()


class _Holder(UserMixin):  # type: ignore[misc]
    """Who has just completed a sign-in, as far as the session needs to know: the next request loads the person."""

    def __init__(self, token: str) -> None:
        self.token = token

    def get_id(self) -> str:
        return self.token


def hold_complete(token: str) -> None:
    """From now on this browser is signed in. The one place where Flask-Login is told so; the row said it first."""
    forget()
    login_user(_Holder(token))
    # Both belong to protections that are off here; a readable cookie says no more than it must.
    session.pop("_id", None)
    session.pop("_fresh", None)
    _sow()


def _sow() -> None:
    """A new seed now, in the cookie that is sent anyway; left to the next page, that page would send a second one."""
    session["csrf_token"] = secrets.token_hex(20)


def forget() -> None:
    """Drop all that this browser held, the seed of its forms too, so that a form from before is refused. A trial stays one."""
    logout_user()
    trial = trial_id()
    session.clear()
    if trial is not None:
        session[TRIAL] = trial
    g.pop("csrf_token", None)


def leave_trial() -> None:
    """Drop all that this browser held of a trial, and that there was one: its cookie goes."""
    session.clear()
    g.pop("csrf_token", None)
