"""Somebody came back from an outside source whom no user is linked with: who are they here? Their password says it, once."""

from __future__ import annotations

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal.signin import flow, linking, password, session
from portal.signin.flow import Visit
from portal.signin.password import Refused
from portal.sources import register, requests
from portal.sources.claims import Unknown
from portal.sources.requests import Arrived
from portal.web import limits, phrases, steps
from portal.web.admission import anyone
from portal.web.client import client
from portal.web.login_form import LoginForm
from portal.web.outside_words import unknown
from portal.web.phrases import Notice
from portal.web.rendering import render
from portal.web.reopening import reopens

blueprint = Blueprint("arrived", __name__)


@blueprint.get("/login/arrived")
@anyone
def show() -> ResponseReturnValue:
    """Whose account there waits to be linked, and the form of whoever it belongs to here."""
    return _page(LoginForm())


@blueprint.post("/login/arrived")
@anyone
@limits.passwords
def enter() -> ResponseReturnValue:
    """Try a password like the login page does. Nothing is linked by it: that is asked when the login is complete."""
    form, arrival, browser = LoginForm(), request.args.get("arrival", ""), session.browser()
    if _arrived() is None:
        return _nobody()
    if not form.filled():
        return _page(form, 422)
    proof = password.prove(form.identifier.data, form.password.data, client())
    if not isinstance(proof, Refused):
        moved = flow.begin(proof, Visit(client(), None, url_for("account_sources.show")))
        if moved is not None:
            linking.bind(arrival, browser)
            return steps.go(moved)
        proof = password.refused_late(proof, client())
    form.identifier.errors = [phrases.password_refused(proof.wait)]
    return _page(form, 429, limits.retry_after(proof.wait)) if proof.wait > 0 else _page(form, 422)


def _arrived() -> Arrived | None:
    return requests.arrived(request.args.get("arrival", ""), trial_id=None, browser=session.browser())


def _nobody() -> ResponseReturnValue:
    """It is too long ago, or was in another browser. Who has logged in since is asked on the page of their own accounts."""
    if current_user.is_authenticated:
        return redirect(url_for("account_sources.show"), 303)
    return redirect(url_for("login.show", said="expired"), 303)


def _page(form: LoginForm, status: int = 200, headers: dict[str, str] | None = None,
          notice: Notice | None = None) -> ResponseReturnValue:
    arrived = _arrived()
    source = register.in_use(arrived.source_id) if arrived else None
    if arrived is None or source is None:
        return _nobody()
    why = unknown(Unknown(arrived.claims.get("why", Unknown.NOT_LINKED)), source.title)
    page = render("pages/arrived.html", form=form, notice=notice, why=why, source=source.title,
                  called=arrived.claims["called"], arrival=request.args["arrival"])
    return page, status, headers or {}


@reopens("arrived.enter")
def _reopen(notice: Notice) -> ResponseReturnValue:
    return _page(LoginForm(), notice=notice)
