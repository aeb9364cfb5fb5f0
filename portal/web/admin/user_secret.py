"""A one-time link or a generated password for one user, shown once: the portal sends no email."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.accounts.users import NoSuchUser
from portal.audit import What
from portal.signin.oversight import NoLink
from portal.web import limits
from portal.web.admin import handed_over
from portal.web.admin.handed_over import Secret
from portal.web.admin.user_security import not_cared_for_by_you, page, refused
from portal.web.admin.user_tabs import SECURITY, found, head, reopened_user
from portal.web.admin.user_words import called
from portal.web.admission import administrators, helpdesk, lately
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
    title = _("One-time link for %(name)s", name=called(user))
    return _shown(user, title, handed_over.link, besides=_("Earlier links are good no more."))


@blueprint.post("/admin/users/<int:user_id>/password")
@administrators
@lately
@limits.forms
def password(user_id: int) -> ResponseReturnValue:
    """A random password that must be replaced at the next login."""
    user = found(user_id)
    title = _("New password for %(name)s", name=called(user))
    return _shown(user, title, handed_over.password, besides=_("All logins of this user have ended."))


def _shown(user: Any, title: str, make: Callable[[int], Secret | NoLink], *, besides: str) -> ResponseReturnValue:
    try:
        secret = make(user.id)
    except NoSuchUser:
        found(user.id)
        raise
    if isinstance(secret, NoLink):
        return _no_link(user.id, secret)
    return render("pages/admin/user_secret.html", head=head(user, SECURITY), title=title, secret=secret,
                  about=f"{secret.about} {besides}")


def _no_link(user_id: int, why: NoLink) -> ResponseReturnValue:
    if why is NoLink.ROLE:
        return not_cared_for_by_you(user_id, What.PASSWORD_LINK_GIVEN)
    return refused(user_id, _("This user is suspended, so a link would be no good. Resume them first."))


@reopens("user_secret.link", "user_secret.password")
def _reopen(notice: Notice) -> str:
    return page(reopened_user(), notice)
