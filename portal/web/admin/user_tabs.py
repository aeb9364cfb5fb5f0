"""What stands above every page of one user? Their name and states, and the tabs; and what is said when they are gone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import abort, make_response, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import Row

from portal.accounts import profile, trail
from portal.signin.oversight import may_care_for
from portal.web.admin.user_words import called, tags
from portal.web.admission import may_open
from portal.web.errors import Action
from portal.web.moments import moment
from portal.web.phrases import Notice
from portal.web.rendering import render
from portal.web.tabs import Tab, tabs
from portal.web.tags import Tag

PERSONAL, LOGINS, SECURITY, TRAIL = "user.show", "user_sign_ins.show", "user_care.show", "user_trail.show"
"""The pages of a user, by their endpoints: which of them is the present one is said to `head`."""


@dataclass(frozen=True)
class Head:
    """What the component `user_head` draws. `mine`: the reader is this person; `cared_for`: the reader may look after them."""

    id: int
    name: str
    tags: tuple[Tag, ...]
    tabs: tuple[Tab, ...]
    mine: bool
    cared_for: bool


def found(user_id: int) -> Row[Any]:
    """The user of that id; otherwise the page that says that they are gone, and who deleted them."""
    user = profile.find(user_id)
    if user is None:
        abort(make_response(_gone(user_id), 404))
    return user


def head(user: Any, current: str) -> Head:
    """The head of the page `current` of a user."""
    labels = {PERSONAL: _("Personal Information"), LOGINS: _("Logins"), SECURITY: _("Security"), TRAIL: _("Audit trail")}
    return Head(user.id, called(user), tuple(tags(user)), tabs(labels, current, user_id=user.id), user.id == current_user.user_id,
                may_care_for(current_user.role, user.role))


def reopened_user() -> Row[Any]:
    """The user of a form that could not be taken."""
    return found((request.view_args or {})["user_id"])


def overtaken() -> Notice:
    """What is said when somebody changed the user since the form was shown."""
    return Notice("care", _("Somebody changed this user meanwhile, so nothing was saved. What you typed is still here, with what "
                            "holds now beside it; save again if you still want it."))


def _gone(user_id: int) -> str:
    last = trail.deletion(user_id)
    text = _("There is no user of this id.")
    if last:
        text = _("%(who)s deleted this user on %(when)s. What happened before is kept in the audit log.",
                 who=last.actor, when=moment(last.at))
    action = Action(url_for("users.list_page"), _("User List")) if may_open("users.list_page") else None
    return render("pages/error.html", title=_("This user is gone") if last else _("There is no such user"), text=text, status=404,
                  action=action)
