"""*Security* of one user: taking an account at an outside source from them, so that nobody comes in by it any more."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal.accounts.users import NoSuchUser
from portal.audit import What
from portal.signin import oversight
from portal.signin.oversight import Barred
from portal.sources.identities import Own, Unlinking
from portal.web import limits
from portal.web.admin.user_security import done, not_cared_for_by_you, page, refused
from portal.web.admin.user_tabs import SECURITY, found, head, reopened_user
from portal.web.admission import helpdesk, lately
from portal.web.client import client
from portal.web.phrases import Notice
from portal.web.rendering import render
from portal.web.reopening import reopens

blueprint = Blueprint("user_identities", __name__)


@blueprint.post("/admin/users/<int:user_id>/identities/<int:identity_id>/remove")
@helpdesk
@lately
@limits.forms
def remove(user_id: int, identity_id: int) -> ResponseReturnValue:
    """Remove the link. Their last way in goes only by an administrator's word, once it was said what that means."""
    user = found(user_id)
    last = current_user.is_administrator and user_id != current_user.user_id and "last" in request.form
    keep = current_user.sign_in_id if user_id == current_user.user_id else None
    try:
        outcome = oversight.unlink(Own(user_id, identity_id), client(), actor=current_user.actor, actor_role=current_user.role,
                                   keep=keep, even_last=last)
    except NoSuchUser:
        outcome = Unlinking.GONE
    if outcome is Unlinking.GONE:
        abort(404)
    if outcome is Barred.ROLE:
        return not_cared_for_by_you(user_id, What.IDENTITY_UNLINKED)
    return _last_way(user, identity_id) if outcome is Unlinking.LAST_WAY else done(user_id, "unlinked")


def _last_way(user: Any, identity_id: int) -> ResponseReturnValue:
    """Refused; an administrator may insist, though not on locking themselves out."""
    said = _("That is the last way in for this user, who has no password and no other source.")
    if not current_user.is_administrator or user.id == current_user.user_id:
        return refused(user.id, f"{said} " + _("Give them a link for a password first."))
    return render("pages/admin/user_identity_last.html", head=head(user, SECURITY), said=said,
                  action=url_for("user_identities.remove", user_id=user.id, identity_id=identity_id)), 409


@reopens("user_identities.remove")
def _reopen(notice: Notice) -> str:
    return page(reopened_user(), notice)
