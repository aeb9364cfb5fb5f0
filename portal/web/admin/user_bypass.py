"""The *one-time bypass* of one user: for a lost phone or a dead gateway, minutes long, one use, with its reason."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal.accounts.users import NoSuchUser
from portal.signin import oversight
from portal.web import limits
from portal.web.admin.user_security import BypassForm, done, page
from portal.web.admin.user_tabs import found, reopened_user
from portal.web.admission import administrators, lately
from portal.web.client import client
from portal.web.phrases import Notice
from portal.web.reopening import reopens

blueprint = Blueprint("user_bypass", __name__)
_LONGEST, _LONGEST_REASON = 60, 200


@blueprint.post("/admin/users/<int:user_id>/bypass")
@administrators
@lately
@limits.forms
def give(user_id: int) -> ResponseReturnValue:
    """Let the user in once without a code, within so many minutes."""
    user, form = found(user_id), BypassForm()
    minutes, why = _minutes(form), _why(form)
    if minutes is None or not why:
        return page(user, bypass=form), 422
    try:
        oversight.bypass(user_id, minutes, client(), actor=current_user.actor, why=why)
    except NoSuchUser:
        found(user_id)
    return done(user_id, "bypass")


@blueprint.post("/admin/users/<int:user_id>/bypass/withdraw")
@administrators
@limits.forms
def withdraw(user_id: int) -> ResponseReturnValue:
    """Take a bypass back that was not used yet."""
    found(user_id)
    try:
        oversight.withdraw_bypass(user_id, client(), actor=current_user.actor)
    except NoSuchUser:
        found(user_id)
    return done(user_id, "withdrawn")


def _minutes(form: BypassForm) -> int | None:
    typed = (form.minutes.data or "").strip()
    minutes = int(typed) if typed.isdecimal() and len(typed) <= len(str(_LONGEST)) else 0
    if 1 <= minutes <= _LONGEST:
        return minutes
    form.minutes.errors = [_("Enter a whole number of minutes from 1 to %(most)s.", most=_LONGEST)]
    return None


def _why(form: BypassForm) -> str:
    why = "".join(c for c in form.why.data or "" if c.isprintable()).strip()
    if not why:
        form.why.errors = [_("Say why: it is kept in the audit log.")]
    elif len(why) > _LONGEST_REASON:
        form.why.errors = [_("Say it in at most %(most)s characters.", most=_LONGEST_REASON)]
    return "" if form.why.errors else why


@reopens("user_bypass.give", "user_bypass.withdraw")
def _reopen(notice: Notice) -> str:
    form = BypassForm()
    return page(reopened_user(), notice, bypass=form if form.minutes.data is not None else None)
