"""*Set your password*: the page behind the one-time link that somebody was handed."""

from __future__ import annotations

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from wtforms import PasswordField

from portal.signin import password_link
from portal.signin.flow import Moved, Step
from portal.web import limits, phrases, steps, user_faults
from portal.web.admission import anyone
from portal.web.client import client
from portal.web.form import Form
from portal.web.phrases import Notice
from portal.web.rendering import render
from portal.web.reopening import reopens

blueprint = Blueprint("set_password", __name__)


class SetPasswordForm(Form):
    """The new password, once: it can be shown while it is typed."""

    password = PasswordField()


@blueprint.get("/set-password/<token>")
@anyone
def show(token: str) -> ResponseReturnValue:
    """The form, as long as the link is good. Looking at it does not use the link up: programs open links too."""
    return _page(SetPasswordForm(), token)


@blueprint.post("/set-password/<token>")
@anyone
@limits.passwords
def save(token: str) -> ResponseReturnValue:
    """Set the password and use the link up; signing in is done at the login page, like everybody does."""
    form = SetPasswordForm()
    typed = form.password.data or ""
    verdict = password_link.set_password(token, typed, client())
    if verdict.spent:
        return _spent()
    if verdict.fault:
        form.password.errors = [user_faults.password_fault(verdict.fault) if typed else phrases.required("new_password")]
        return _page(form, token, status=422)
    return steps.go(Moved(Step.LOGIN), said="password-set")


def _page(form: SetPasswordForm, token: str, notice: Notice | None = None, *, status: int = 200) -> ResponseReturnValue:
    owner = password_link.owner(token)
    if owner is None:
        return _spent()
    return render("pages/set_password.html", form=form, owner=owner, notice=notice), status


def _spent() -> ResponseReturnValue:
    """The link is wrong, used, replaced or too old, or its owner suspended: which of them is nobody's business."""
    title, text = phrases.password_link_spent()
    page = render("pages/error.html", title=title, text=text, status=404, retry_after=None, request_id=None, action=None)
    return page, 404


@reopens("set_password.save")
def _reopen(notice: Notice) -> ResponseReturnValue:
    return _page(SetPasswordForm(), (request.view_args or {}).get("token", ""), notice)
