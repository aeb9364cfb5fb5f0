"""*Personal Information*: what a user is called and found by."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from portal.accounts import profile
from portal.accounts.profile import Overtaken, Refused
from portal.web import limits
from portal.web.admin.user_personal import NOTHING, ProfileForm, Typed, owner, page
from portal.web.admin.user_tabs import found, overtaken, reopened_user
from portal.web.admission import administrators, console
from portal.web.client import client
from portal.web.form import version_sent
from portal.web.phone_form import PhoneForm
from portal.web.phrases import Notice
from portal.web.reopening import reopens

blueprint = Blueprint("user", __name__)
_SAID = {
    "saved": ("good", _l("Saved.")),
    "unchanged": ("info", _l("Nothing was changed.")),
    "bound": ("good", _l("Bound, not proven until the first code.")),
    "same": ("info", _l("That is the number of this user already. Nothing was changed.")),
    "removed": ("good", _l("The mobile phone number is removed. The user is asked for one at the next login.")),
}
_OF_NUMBER = ("bound", "same", "removed")


@blueprint.get("/admin/users/<int:user_id>")
@console
def show(user_id: int) -> str:
    """The user as they are; for administrators with forms."""
    said = request.args.get("said", "")
    kind, text = _SAID.get(said, ("", ""))
    typed = Typed(phone=PhoneForm(formdata=None)) if said in _OF_NUMBER else NOTHING
    return page(found(user_id), typed, Notice(kind, str(text)) if kind else None)


@blueprint.post("/admin/users/<int:user_id>")
@administrators
@limits.forms
def save(user_id: int) -> ResponseReturnValue:
    """Take username, email and name, unless somebody else changed the user since the form was shown."""
    user, form = found(user_id), ProfileForm()
    try:
        done = profile.change(user, form.wanted(), client(), version=version_sent(), actor=current_user.actor)
    except Overtaken:
        return page(found(user_id), Typed(profile=form, overtaken=True), overtaken()), 409
    if isinstance(done, Refused):
        return _refused(user, form, done)
    return redirect(url_for("user.show", user_id=user_id, said="saved" if done else "unchanged"), 303)


def _refused(user: Any, form: ProfileForm, refused: Refused) -> ResponseReturnValue:
    form.refuse(refused)
    return page(user, Typed(profile=form, owned=owner(refused.owner_id))), 422


@reopens("user.save")
def _reopen(notice: Notice) -> str:
    return page(reopened_user(), Typed(profile=ProfileForm()), notice)
