"""A user's *mobile phone number* in the hands of an administrator: bound, changed, removed."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal.accounts import phones
from portal.signin.oversight import numbers
from portal.signin.oversight.numbers import NotDone, Whose, Why
from portal.web import limits
from portal.web.admin.user_personal import NOTHING, Typed, owner, page
from portal.web.admin.user_tabs import PERSONAL, found, head, overtaken, reopened_user
from portal.web.admin.user_words import last_identifier
from portal.web.admission import administrators, lately
from portal.web.client import client
from portal.web.form import version_sent
from portal.web.phone_form import PhoneForm
from portal.web.phrases import Notice
from portal.web.rendering import render
from portal.web.reopening import reopens

blueprint = Blueprint("user_phone", __name__)


@blueprint.post("/admin/users/<int:user_id>/phone")
@administrators
@lately
@limits.forms
def bind(user_id: int) -> ResponseReturnValue:
    """Take a number: the user's at once, but not proven until its first code."""
    user, form = found(user_id), PhoneForm()
    form.offer()
    phone = _number(form)
    if phone is None:
        return page(user, Typed(phone=form)), 422
    if user.phone == phone:
        return _back(user_id, "same")
    refused = numbers.bind(_whose(user), phone, client()) if user.version == version_sent() else NotDone(Why.OVERTAKEN)
    return _not_bound(user_id, form, refused) if refused else _back(user_id, "bound")


@blueprint.get("/admin/users/<int:user_id>/phone/remove")
@administrators
def ask_to_remove(user_id: int) -> ResponseReturnValue:
    """Say what goes with the number."""
    user = found(user_id)
    return _asked(user) if user.phone else _back(user_id, "unchanged")


@blueprint.post("/admin/users/<int:user_id>/phone/remove")
@administrators
@lately
@limits.forms
def remove(user_id: int) -> ResponseReturnValue:
    """Take the number away."""
    user = found(user_id)
    if not user.phone:
        return _back(user_id, "unchanged")
    if user.id == current_user.user_id:
        said = _("You can’t remove your own number: it would lock you out. Change it, or ask another administrator.")
        return page(user, NOTHING, Notice("bad", said)), 409
    refused = numbers.remove(_whose(user), client()) if user.version == version_sent() else NotDone(Why.OVERTAKEN)
    if refused is None:
        return _back(user_id, "removed")
    return _asked(found(user_id), overtaken() if refused.why is Why.OVERTAKEN else Notice("bad", last_identifier())), 409


def _number(form: PhoneForm) -> str | None:
    """The number in E.164, if it is one to which text messages may go; else None, with the reason beside the field."""
    phone = form.reachable()
    if not (form.phone.data or "").strip():
        form.phone.errors = [_("Enter the user’s mobile phone number.")]
    return phone


def _whose(user: Any) -> Whose:
    return Whose(user_id=user.id, version=user.version, phone=user.phone, actor=current_user.actor, keep=current_user.sign_in_id)


def _not_bound(user_id: int, form: PhoneForm, refused: NotDone) -> ResponseReturnValue:
    if refused.why is Why.OVERTAKEN:
        return page(found(user_id), Typed(phone=form, overtaken=True), overtaken()), 409
    whose = owner(refused.owner_id)
    taken = _("That number belongs to %(who)s already.", who=whose.name) if whose else ""
    form.phone.errors = [taken or _("That number was somebody else’s until now. Try again.")]
    return page(found(user_id), Typed(phone=form, owned=whose)), 422


def _asked(user: Any, notice: Notice | None = None) -> str:
    number = phones.mask(user.phone) if user.phone else ""
    return render("pages/admin/user_phone_remove.html", head=head(user, PERSONAL), user=user, number=number, notice=notice)


def _back(user_id: int, said: str) -> ResponseReturnValue:
    return redirect(url_for(PERSONAL, user_id=user_id, said=said), 303)


@reopens("user_phone.bind", "user_phone.remove")
def _reopen(notice: Notice) -> ResponseReturnValue:
    user = reopened_user()
    if request.endpoint == "user_phone.remove":
        return _asked(user, notice)
    return page(user, Typed(phone=PhoneForm()), notice)
