"""*Allow text messages again*: for a user whose number answered STOP, and who has told somebody in charge otherwise."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal.messages import opt_outs
from portal.web import limits
from portal.web.admin.user_security import done, page
from portal.web.admin.user_tabs import found, reopened_user
from portal.web.admission import administrators, lately
from portal.web.client import client
from portal.web.phrases import Notice
from portal.web.reopening import reopens

blueprint = Blueprint("user_texts", __name__)


@blueprint.post("/admin/users/<int:user_id>/texts/allow")
@administrators
@lately
@limits.forms
def allow(user_id: int) -> ResponseReturnValue:
    """Send text messages to the user's number again."""
    user = found(user_id)
    if user.phone:
        opt_outs.allow(user.phone, client(), actor=current_user.actor)
    return done(user_id, "allowed")


@reopens("user_texts.allow")
def _reopen(notice: Notice) -> str:
    return page(reopened_user(), notice)
