"""Who may open this address? Every view says so; one that does not is for signed-in people only."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any, TypeVar

from flask import Flask, abort, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf.csrf import CSRFError

from portal import audit
from portal.audit import Event, What
from portal.extensions import csrf
from portal.web.client import client
from portal.web.steps import here

View = TypeVar("View", bound=Callable[..., Any])


class Access(StrEnum):
    """Who may open an address."""

    ANYONE = "anyone"
    SIGNED_IN = "signed in, second factor given where the policy requires it"
    ADMINISTRATOR = "the same, with the role"


def anyone(view: View) -> View:
    """Mark a view as open to anyone. It must check for itself what it needs of a sign-in under way."""
    view.access = Access.ANYONE  # type: ignore[attr-defined]
    return view


def administrators(view: View) -> View:
    """Mark a view as open to administrators only."""
    view.access = Access.ADMINISTRATOR  # type: ignore[attr-defined]
    return view


def access_of(endpoint: str) -> Access:
    """Who may open an endpoint. A forgotten mark fails closed."""
    if endpoint == "static":
        return Access.ANYONE
    return getattr(current_app.view_functions[endpoint], "access", Access.SIGNED_IN)


def admit() -> ResponseReturnValue | None:
    """Before every view: let the request through, send it to the login page, ask for the second factor, or refuse."""
    if request.endpoint is None:
        return None
    if request.method == "POST":
        _refuse_forged()
    access = access_of(request.endpoint)
    if access is Access.ANYONE:
        return None
    if not current_user.is_authenticated:
        return redirect(url_for("login.show", next=here()), 303)
    if not current_user.proven:
        return redirect(url_for("code.show", next=here()), 303)
    if access is Access.ADMINISTRATOR and not current_user.is_administrator:
        audit.note(client(), Event(event=What.PAGE_REFUSED, outcome="role", user_id=current_user.user_id,
                                   detail={"page": request.endpoint}))
        abort(403)
    g.personal = True
    return None


def _refuse_forged() -> None:
    """A form must carry the seed of this browser's session; and browsers say themselves when another site sent it."""
    if request.headers.get("Sec-Fetch-Site") == "cross-site":
        raise CSRFError("sent by another site")
    csrf.protect()
    # Of a body without a length the parser reads as far as it may and leaves the rest: a form that was cut is none.
    if request.content_length is None and request.environ["wsgi.input"].read(1):
        abort(413)


def init_app(app: Flask) -> None:
    """Ask before every request."""
    app.before_request(admit)
