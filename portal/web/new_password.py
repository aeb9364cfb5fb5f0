"""*Choose a new password*: the last step of somebody whose password was made for them."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue
from flask_login import current_user
from wtforms import PasswordField

from portal.models import State
from portal.signin import flow, pending, session
from portal.signin.flow import Moved, Step
from portal.signin.pending import Pending
from portal.web import limits, phrases, steps, user_faults
from portal.web.admission import anyone
from portal.web.branding import branding
from portal.web.client import client
from portal.web.form import Form
from portal.web.phrases import Notice
from portal.web.rendering import render
from portal.web.reopening import reopens
from portal.web.trial_mode import also_in_trials

blueprint = Blueprint("new_password", __name__)


class NewPasswordForm(Form):
    """The new password, once: it can be shown while it is typed."""

    password = PasswordField()


@blueprint.get("/login/password")
@anyone
@also_in_trials
def show() -> ResponseReturnValue:
    """The page, for a sign-in that lacks nothing else."""
    now = pending.current()
    return _page(NewPasswordForm(), now) if isinstance(now, Pending) and _lacks_it(now) else _elsewhere()


@blueprint.post("/login/password")
@anyone
@also_in_trials
@limits.passwords
def replace() -> ResponseReturnValue:
    """Take the new password, which completes the sign-in. Limited as a login is: each try costs as many hashes."""
    form = NewPasswordForm()
    verdict = flow.choose_password(form.password.data or "", client())
    if verdict.fault is None:
        return _elsewhere() if verdict.moved.step is Step.LOGIN else steps.go(verdict.moved)
    said = user_faults.password_fault(verdict.fault) if form.password.data else phrases.required("new_password")
    form.password.errors = [said]
    now = pending.current()
    return (_page(form, now), 422) if isinstance(now, Pending) else steps.gone(now)


def _elsewhere() -> ResponseReturnValue:
    """The sign-in is over, complete by another tab, or lacks something else first."""
    if session.complete_token() is not None and current_user.is_authenticated:
        return steps.go(Moved(Step.HOME))
    now = pending.current()
    return steps.go(Moved(flow.step_of(now.state))) if isinstance(now, Pending) else steps.gone(now)


def _lacks_it(now: Pending) -> bool:
    return now.state is State.AWAITING_PASSWORD


def _page(form: NewPasswordForm, now: Pending, notice: Notice | None = None) -> str:
    return render("pages/new_password.html", form=form, notice=notice, **branding(now.application))


@reopens("new_password.replace")
def _reopen(notice: Notice) -> ResponseReturnValue:
    now = pending.current()
    return _page(NewPasswordForm(), now, notice) if isinstance(now, Pending) and _lacks_it(now) else _elsewhere()
