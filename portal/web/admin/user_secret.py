"""A one-time link or a generated password for one user, shown once: the portal sends no email."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal.accounts.users import NoSuchUser
from portal.audit import What
from portal.extensions import settings
from portal.signin import oversight
from portal.web import limits
from portal.web.admin.user_security import not_yours, page, refused
from portal.web.admin.user_tabs import SECURITY, found, head, reopened_user
from portal.web.admin.user_words import called
from portal.web.admission import administrators, helpdesk, lately
from portal.web.client import client
from portal.web.phrases import Notice
from portal.web.rendering import render
from portal.web.reopening import reopens

blueprint = Blueprint("user_secret", __name__)


@blueprint.post("/admin/users/<int:user_id>/link")
@helpdesk
@lately
@limits.forms
def link(user_id: int) -> ResponseReturnValue:
    """A link by which the user sets their own password; earlier ones are good no more. Never in an address or a log of ours."""
    user = found(user_id)
    if answer := not_yours(user, What.PASSWORD_LINK_GIVEN):
        return answer
    if user.suspended:
        return refused(user_id, _("This user is suspended, so a link would be no good. Resume them first."))
    try:
        token = oversight.password_link(user_id, client(), actor=current_user.actor)
    except NoSuchUser:
        found(user_id)
        raise
    # The address from the settings, never of a request's header: whoever forges one would be handed the token.
    address = settings().portal_url + url_for("set_password.show", token=token)
    return _shown(user, title=_("One-time link for %(name)s", name=called(user)), label=_("One-time link"), secret=address,
                  about=_("It works once and for 24 hours, and sets a new password. Earlier links are good no more."))


@blueprint.post("/admin/users/<int:user_id>/password")
@administrators
@lately
@limits.forms
def password(user_id: int) -> ResponseReturnValue:
    """A random password that must be replaced at the next login."""
    user = found(user_id)
    try:
        made = oversight.generated_password(user_id, client(), actor=current_user.actor)
    except NoSuchUser:
        found(user_id)
        raise
    return _shown(user, title=_("New password for %(name)s", name=called(user)), label=_("Password"), secret=made,
                  about=_("It must be replaced at the next login. All logins of this user have ended."))


def _shown(user: Any, **words: str) -> str:
    return render("pages/admin/user_secret.html", head=head(user, SECURITY), **words)


@reopens("user_secret.link", "user_secret.password")
def _reopen(notice: Notice) -> str:
    return page(reopened_user(), notice)
