"""The login page: an identifier and a password."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from wtforms import PasswordField, StringField

from portal.applications import brand
from portal.applications.brand import Found
from portal.signin import flow, password, session, trials
from portal.signin.flow import Moved, Step, Visit
from portal.signin.password import Refused
from portal.web import limits, phrases, steps
from portal.web.admission import anyone
from portal.web.branding import branding
from portal.web.client import client
from portal.web.form import Form
from portal.web.phrases import Notice
from portal.web.rendering import render
from portal.web.reopening import reopens
from portal.web.trial_mode import also_in_trials

blueprint = Blueprint("login", __name__)


class LoginForm(Form):
    """What a person types to come in. Nothing is checked here that would tell one account from another."""

    identifier = StringField()
    password = PasswordField()

    def filled(self) -> bool:
        """Whether both fields have something in them; each that has not says so."""
        for field in (self.identifier, self.password):
            field.errors = [] if (field.data or "").strip() else [phrases.required(field.name)]
        return not (self.identifier.errors or self.password.errors)


@blueprint.get("/login")
@anyone
@also_in_trials
def show() -> ResponseReturnValue:
    """The page; a person who is signed in already has no need of it."""
    if session.complete_token() is not None and current_user.is_authenticated:
        return steps.go(Moved(Step.HOME, request.args.get("next")))
    return _page(LoginForm(), notice=phrases.login_notice(request.args.get("said", "")))


@blueprint.post("/login")
@anyone
@also_in_trials
@limits.passwords
def enter() -> ResponseReturnValue:
    """Try a password. Whatever is wrong with the account, the answer is the same."""
    form = LoginForm()
    if not form.filled():
        return _page(form), 422
    came_for = _application()
    proof = password.prove(form.identifier.data, form.password.data, client())
    if not isinstance(proof, Refused):
        moved = flow.begin(proof, Visit(client(), came_for.id if came_for else None, steps.local(request.args.get("next"))))
        if moved is not None:
            return steps.go(moved)
        proof = password.refused_late(proof, client())
    form.identifier.errors = [phrases.password_refused(proof.wait)]
    if proof.wait > 0:
        return _page(form), 429, limits.retry_after(proof.wait)
    return _page(form), 422


def _application() -> Found | None:
    """The application through which somebody comes, by its client id; None for the portal itself. A trial is of one only."""
    tried = trials.current()
    client_id = tried.client_id if tried else request.args.get("application")
    return brand.find(client_id) if client_id else None


def _page(form: LoginForm, notice: Notice | None = None) -> str:
    kept: dict[str, Any] = {name: request.args[name] for name in ("application", "next") if name in request.args}
    action = url_for("login.enter", **kept)
    came_for = _application()
    return render("pages/login.html", form=form, notice=notice, action=action, **branding(came_for.brand if came_for else None))


@reopens("login.enter")
def _reopen(notice: Notice) -> str:
    return _page(LoginForm(), notice=notice)
