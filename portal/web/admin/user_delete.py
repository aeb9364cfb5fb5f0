"""*Delete user*: says what will be lost, and asks for the identifier to be typed."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _
from flask_login import current_user

from portal.accounts import identifiers
from portal.extensions import settings
from portal.keyset import Count
from portal.signin import oversight, sign_ins
from portal.signin.oversight import LastAdministrator
from portal.web import limits
from portal.web.admin.user_security import refused
from portal.web.admin.user_tabs import SECURITY, found, head, reopened_user
from portal.web.admin.user_words import last_administrator, role_words
from portal.web.admission import administrators, lately, may_open
from portal.web.client import client
from portal.web.phrases import Notice
from portal.web.rendering import render
from portal.web.reopening import reopens

blueprint = Blueprint("user_delete", __name__)


@blueprint.get("/admin/users/<int:user_id>/delete")
@administrators
def ask(user_id: int) -> str:
    """What will be lost."""
    return _asked(found(user_id))


@blueprint.post("/admin/users/<int:user_id>/delete")
@administrators
@lately
@limits.forms
def delete(user_id: int) -> ResponseReturnValue:
    """Delete the user, if whoever asks for it has typed who that is."""
    user = found(user_id)
    if user_id == current_user.user_id:
        return refused(user_id, _("You can’t delete yourself: it would lock you out. Ask another administrator."))
    if not _names(user, request.form.get("typed", "")):
        return _asked(user, error=_("That is somebody else, or nobody. Nothing was deleted.")), 422
    try:
        oversight.remove(user_id, client(), actor=current_user.actor)
    except LastAdministrator:
        return refused(user_id, last_administrator())
    return redirect(url_for("users.list_page", said="deleted") if may_open("users.list_page") else "/", 303)


def _logins(counted: Count) -> str:
    """How many logins are forgotten."""
    if not counted.exact:
        return _("The record of more than %(count)s logins goes with the user.", count=format_decimal(counted.number))
    return ngettext("The record of %(num)s login goes with the user.", "The record of %(num)s logins goes with the user.",
                    counted.number)


def _names(user: Any, typed: str) -> bool:
    """Whether what was typed is one of the user's identifiers, in any usual spelling."""
    mine = {identifiers.fold(user.username or ""), identifiers.fold(user.email or ""), user.phone} - {"", None}
    return identifiers.read(typed, settings().portal_home_country).key in mine


def _to_type(user: Any) -> str:
    """What is asked for: of a number no more is shown than elsewhere."""
    if user.username or user.email:
        return _("Type %(identifier)s to confirm", identifier=user.username or user.email)
    return _("Type the whole mobile phone number, which ends in %(digits)s, to confirm", digits=user.phone[-2:])


def _asked(user: Any, *, error: str = "", notice: Notice | None = None) -> str:
    return render("pages/admin/user_delete.html", head=head(user, SECURITY), lost=_lost(user), typed=_to_type(user), error=error,
                  notice=notice)


def _lost(user: Any) -> list[str]:
    """What goes with the user, and what stays, in sentences."""
    role = [_("This user has a role in the console: %(role)s.", role=role_words(user.role))] if user.role else []
    return [
        *role,
        _logins(sign_ins.of_user(user.id, None).count),
        _("Username, email and number are free for somebody else then."),
        _("What happened stays in the audit log and the message log."),
    ]


@reopens("user_delete.delete")
def _reopen(notice: Notice) -> str:
    return _asked(reopened_user(), notice=notice)
