"""*Security* of one user: how their second factor stands, and what somebody in charge can do about their access."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from portal import audit
from portal.accounts.users import NoSuchUser
from portal.audit import Event, What
from portal.signin import oversight
from portal.signin.oversight import Barred, LastAdministrator
from portal.web import limits
from portal.web.admin.user_security import done, not_cared_for_by_you, not_yours, page, refused, role_asked
from portal.web.admin.user_tabs import SECURITY, found, head, reopened_user
from portal.web.admin.user_words import last_administrator, last_identifier
from portal.web.admission import administrators, console, helpdesk, lately
from portal.web.client import client
from portal.web.phrases import Notice
from portal.web.rendering import render
from portal.web.reopening import reopens

blueprint = Blueprint("user_care", __name__)
_SAID = {
    "unlocked": _l("Unlocked. Text messages are sent again."),
    "reset": _l("MFA is reset: the number is gone and all logins have ended."),
    "suspended": _l("Suspended: all logins have ended, and nobody comes in with this account."),
    "resumed": _l("Resumed. This user may come in again."),
    "role": _l("The role is changed."),
    "bypass": _l("The next login within that time needs no code."),
    "unlinked": _l("The account is removed. Nobody comes in by it any more."),
    "allowed": _l("Text messages go to this number again. Vonage blocks it, too, until START is sent from it."),
    "withdrawn": _l("The one-time bypass is withdrawn."),
}


@blueprint.get("/admin/users/<int:user_id>/security")
@console
def show(user_id: int) -> str:
    """How the second factor stands, and what can be done."""
    text = _SAID.get(request.args.get("said", ""))
    return page(found(user_id), Notice("good", str(text)) if text else None)


@blueprint.post("/admin/users/<int:user_id>/number")
@administrators
@limits.forms
def show_number(user_id: int) -> ResponseReturnValue:
    """The page once with the whole number, which is written down."""
    user = found(user_id)
    if user.phone:
        audit.note(client(), Event(event=What.NUMBERS_SHOWN, user_id=user.id, actor=current_user.actor, detail={"count": 1}))
    return page(user, shown=True)


@blueprint.post("/admin/users/<int:user_id>/unlock")
@helpdesk
@limits.forms
def unlock(user_id: int) -> ResponseReturnValue:
    """Lift the lock and the pause of the SMS step."""
    found(user_id)
    return _cared_for(user_id, oversight.unlock, What.USER_UNLOCKED, "unlocked")


@blueprint.get("/admin/users/<int:user_id>/reset")
@helpdesk
def ask_to_reset(user_id: int) -> ResponseReturnValue:
    """Say what a reset takes away."""
    user = found(user_id)
    no = _not_yourself(user_id) or not_yours(user, What.MFA_RESET)
    return no or render("pages/admin/user_reset.html", head=head(user, SECURITY))


@blueprint.post("/admin/users/<int:user_id>/reset")
@helpdesk
@lately
@limits.forms
def reset(user_id: int) -> ResponseReturnValue:
    """Take the number away, and end all logins."""
    found(user_id)
    return _not_yourself(user_id) or _cared_for(user_id, oversight.reset_mfa, What.MFA_RESET, "reset")


def _not_yourself(user_id: int) -> ResponseReturnValue | None:
    if user_id != current_user.user_id:
        return None
    return refused(user_id, _("You can’t reset your own MFA: it would lock you out. Change your number instead."))


def _cared_for(user_id: int, act: Callable[..., Barred | None], asked: What, said: str) -> ResponseReturnValue:
    """Do what the helpdesk does too, though not for everybody, and say so; or say why not, written down as `asked`."""
    try:
        barred = act(user_id, client(), actor=current_user.actor, actor_role=current_user.role)
    except NoSuchUser:
        found(user_id)
        raise
    if barred is Barred.ROLE:
        return not_cared_for_by_you(user_id, asked)
    return refused(user_id, last_identifier()) if barred else done(user_id, said)


@blueprint.post("/admin/users/<int:user_id>/suspend")
@administrators
@limits.forms
def suspend(user_id: int) -> ResponseReturnValue:
    """Let nobody in with this account."""
    found(user_id)
    if user_id == current_user.user_id:
        return refused(user_id, _("You can’t suspend yourself: it would lock you out. Ask another administrator."))
    return _done(user_id, oversight.suspend, "suspended")


@blueprint.post("/admin/users/<int:user_id>/resume")
@administrators
@limits.forms
def resume(user_id: int) -> ResponseReturnValue:
    """Let them in again."""
    found(user_id)
    return _done(user_id, oversight.resume, "resumed")


@blueprint.post("/admin/users/<int:user_id>/role")
@administrators
@lately
@limits.forms
def give_role(user_id: int) -> ResponseReturnValue:
    """Give them a role in the console, or none."""
    user, asked = found(user_id), request.form.get("role", "")
    try:
        role = role_asked(asked)
    except ValueError:
        return refused(user_id, _("That is none of the roles. Nothing was changed."), 422)
    if user_id == current_user.user_id and role is not user.role:
        return refused(user_id, _("You can’t change your own role: it would lock you out. Ask another administrator."))
    return _done(user_id, lambda *who, actor: oversight.set_role(who[0], role, who[1], actor=actor), "role")


def _done(user_id: int, act: Callable[..., None], said: str) -> ResponseReturnValue:
    """Act on the user, and say so; or say why it cannot be done."""
    try:
        act(user_id, client(), actor=current_user.actor)
    except LastAdministrator:
        return refused(user_id, last_administrator())
    except NoSuchUser:
        found(user_id)
    return done(user_id, said)


@reopens("user_care.show_number", "user_care.unlock", "user_care.reset", "user_care.suspend", "user_care.resume",
         "user_care.give_role")
def _reopen(notice: Notice) -> str:
    return page(reopened_user(), notice)
