"""The login page: an identifier and a password."""

from __future__ import annotations

from flask import Blueprint, abort, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal.signin import flow, password, session
from portal.signin.flow import Moved, Step, Visit
from portal.signin.password import Refused
from portal.sources import register
from portal.web import came_for, limits, phrases, steps
from portal.web.admission import anyone
from portal.web.client import client
from portal.web.login_form import LoginForm, page
from portal.web.phrases import Notice
from portal.web.reopening import reopens
from portal.web.trial_mode import also_in_trials

blueprint = Blueprint("login", __name__)


@blueprint.get("/login")
@anyone
@also_in_trials
def show() -> ResponseReturnValue:
    """The page; a person who is signed in already has no need of it."""
    if session.complete_token() is not None and current_user.is_authenticated:
        return steps.go(Moved(Step.HOME, request.args.get("next")))
    said = request.args.get("said") or ("scanned" if _has_scanned() else "")
    return page(LoginForm(), came_for.application(), phrases.login_notice(said))


def _has_scanned() -> bool:
    """Whether somebody is here because they scanned a code with a phone on which they are not logged in."""
    return (came_for.next_address() or "").startswith(url_for("scan_phone.type_letters") + "/")


@blueprint.post("/login")
@anyone
@also_in_trials
@limits.passwords
def enter() -> ResponseReturnValue:
    """Try a password. Whatever is wrong with the account, the answer is the same."""
    form, application = LoginForm(), came_for.application()
    if application and register.PASSWORD in application.hidden:
        abort(404)
    if not form.filled():
        return page(form, application), 422
    here = client()
    proof = password.prove(form.identifier.data, form.password.data, here)
    if not isinstance(proof, Refused):
        moved = flow.begin(proof, Visit(here, application.id if application else None, came_for.next_address()))
        if moved is not None:
            return steps.go(moved)
        proof = password.refused_late(proof, here)
    form.identifier.errors = [phrases.password_refused(proof.wait)]
    if proof.wait > 0:
        return page(form, application), 429, limits.retry_after(proof.wait)
    return page(form, application), 422


@reopens("login.enter")
def _reopen(notice: Notice) -> str:
    return page(LoginForm(), came_for.application(), notice)
