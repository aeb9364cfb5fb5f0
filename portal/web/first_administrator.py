"""The page behind the one-time link that creates the first administrator."""

from __future__ import annotations

from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue
from wtforms import PasswordField, StringField

from portal.accounts import credentials, identifiers, strength
from portal.accounts.users import NewUser, UserRefused
from portal.extensions import settings
from portal.models import Role
from portal.signin import first_administrator as invitation
from portal.signin.flow import Moved, Step
from portal.web import limits, phrases, steps, user_faults
from portal.web.admission import anyone
from portal.web.client import client
from portal.web.phone_form import PhoneForm
from portal.web.phrases import Notice
from portal.web.rendering import render
from portal.web.reopening import reopens

blueprint = Blueprint("first_administrator", __name__)


class AdministratorForm(PhoneForm):
    """Who the first administrator is."""

    username = StringField()
    password = PasswordField()

    def number_wanted(self) -> str | None:
        """Check all fields, so that all faults are told at once; the number in E.164 when there is none."""
        self.offer()
        name = (self.username.data or "").strip()
        what_is_one = user_faults.username_fault() if name else phrases.required("username")
        self.username.errors = [] if identifiers.is_username(name) else [what_is_one]
        weak = strength.fault(self.password.data or "", about=[name, settings().portal_name])
        self.password.errors = [user_faults.password_fault(weak)] if weak else []
        number = self.reachable()
        return None if self.username.errors or self.password.errors else number


@blueprint.get("/first-administrator/<token>")
@anyone
def show(token: str) -> ResponseReturnValue:
    """The form, as long as the link is good."""
    return _page(AdministratorForm()) if invitation.good(token) else _spent()


@blueprint.post("/first-administrator/<token>")
@anyone
@limits.forms
def create(token: str) -> ResponseReturnValue:
    """Create the account and use the link up; signing in is done at the login page, like everybody does."""
    if not invitation.good(token):
        return _spent()
    form = AdministratorForm()
    number = form.number_wanted()
    if number is None:
        return _page(form), 422
    try:
        created = invitation.create(token, _new(form, number), client())
    except UserRefused as refused:
        beside, sentence = user_faults.user_fault(refused.fault)
        form[beside].errors = [sentence]
        return _page(form), 422
    return steps.go(Moved(Step.LOGIN), said="created") if created else _spent()


def _spent() -> ResponseReturnValue:
    """The link is wrong, used or too old, or there is an administrator already: which of them is nobody's business."""
    title, text = phrases.link_spent()
    page = render("pages/error.html", title=title, text=text, status=404, retry_after=None, request_id=None, action=None)
    return page, 404


def _new(form: AdministratorForm, number: str) -> NewUser:
    password_hash = credentials.hashed(form.password.data)
    return NewUser(username=form.username.data, phone=number, password_hash=password_hash, role=Role.ADMINISTRATOR)


def _page(form: AdministratorForm, notice: Notice | None = None) -> str:
    form.offer()
    return render("pages/first_administrator.html", form=form, notice=notice)


@reopens("first_administrator.create")
def _reopen(notice: Notice) -> str:
    if not invitation.good((request.view_args or {}).get("token", "")):
        abort(404)
    return _page(AdministratorForm(), notice)
