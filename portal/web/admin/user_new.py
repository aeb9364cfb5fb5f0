"""*Create User*: one window with three forms, and the page that shows a link or a password this once."""

from __future__ import annotations

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal.accounts import users
from portal.accounts.users import NewUser, UserRefused
from portal.database import writing
from portal.extensions import settings
from portal.signin.oversight import NoLink
from portal.web import limits, proof
from portal.web.admin import handed_over
from portal.web.admin.handed_over import Secret
from portal.web.admin.user_new_form import By, NewUserForm, Way, holder
from portal.web.admin.user_personal import Owner, owner
from portal.web.admission import administrators
from portal.web.client import client
from portal.web.phrases import Notice
from portal.web.rendering import render
from portal.web.reopening import reopens
from portal.web.tabs import Tab

blueprint = Blueprint("user_new", __name__)


@blueprint.get("/admin/users/new")
@administrators
def show() -> str:
    """The window, with the form of one identifier."""
    return _window(NewUserForm(formdata=None))


@blueprint.post("/admin/users/new")
@administrators
@limits.forms
def create() -> ResponseReturnValue:
    """Add the user. The answer shows the secret, which no address could carry; sent again, it meets the identifier taken.

    Giving a role is a change of roles, and asks for the same proof.
    """
    form, by = NewUserForm(), _by()
    asked = form.asked(by)
    if asked is None:
        return _window(form), 422
    if asked.role and (answer := proof.waits()):
        return answer
    try:
        user_id = _add(asked)
    except UserRefused as refused:
        form.refuse(by, refused.fault)
        return _window(form, owned=owner(holder(by, asked))), 422
    return _created(user_id, Way(form.way.data))


def _add(asked: NewUser) -> int:
    with writing() as connection:
        return users.create(connection, client(), asked, actor=current_user.actor, home=settings().portal_home_country)


def _created(user_id: int, way: Way) -> str:
    user = owner(user_id)
    return render("pages/admin/user_new_done.html", user=user, secret=_secret(user_id, way),
                  again=url_for("user_new.show", by=_by().value))


def _secret(user_id: int, way: Way) -> Secret | None:
    if way is Way.LINK:
        made = handed_over.link(user_id)
        return None if isinstance(made, NoLink) else made
    return handed_over.password(user_id) if way is Way.GENERATED else None


def _window(form: NewUserForm, *, owned: Owner | None = None, notice: Notice | None = None) -> str:
    form.offer()
    by = _by()
    return render("pages/admin/user_new.html", form=form, by=by.value, tabs=_tabs(by), owned=owned, notice=notice,
                  abouts=_abouts())


def _abouts() -> dict[str, str]:
    return {Way.LINK: _("You hand the link over yourself: the portal sends no email."),
            Way.GENERATED: _("It is shown once, here."), Way.NONE: _("They can’t log in before they have one.")}


def _tabs(current: By) -> list[Tab]:
    labels = {By.USERNAME: _("Username"), By.PHONE: _("Mobile number"), By.EMAIL: _("Email")}
    return [Tab(label, url_for("user_new.show", by=by.value), by is current) for by, label in labels.items()]


def _by() -> By:
    """Which of the three forms it is; the first for an address that does not say."""
    asked = request.args.get("by", "")
    return By(asked) if asked in list(By) else By.USERNAME


@reopens("user_new.create")
def _reopen(notice: Notice) -> str:
    return _window(NewUserForm(), notice=notice)
