"""*Application details*: what one application is, changing it, and deleting it."""

from __future__ import annotations

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal.accounts import identifiers
from portal.applications import register, upkeep, use
from portal.applications.register import Profile
from portal.applications.upkeep import ApplicationRefused
from portal.audit.changes import Overtaken
from portal.web import limits
from portal.web.admin.application_form import MOST_BYTES, ApplicationForm
from portal.web.admin.application_tabs import DETAILS, head
from portal.web.admin.application_words import lost, meanwhile
from portal.web.admission import access_of, administrators, admits, lately, readers, takes_files
from portal.web.client import client
from portal.web.form import version_sent
from portal.web.moments import moment
from portal.web.phrases import Notice
from portal.web.rendering import render
from portal.web.reopening import reopens

blueprint = Blueprint("application", __name__)
_PATH = "/admin/applications/<int:application_id>"


@blueprint.get(_PATH)
@readers
def details(application_id: int) -> str:
    """The details, for administrators with the form that changes them."""
    application = register.show(application_id)
    form = ApplicationForm()
    form.fill(application)
    return _page(application, form, notice=_said())


@blueprint.post(_PATH)
@administrators
@takes_files(MOST_BYTES)
@limits.forms
def change(application_id: int) -> ResponseReturnValue:
    """Save what was typed, unless somebody else changed the application meanwhile."""
    application, form = register.show(application_id), ApplicationForm()
    asked = form.asked()
    if asked is None:
        return _page(application, form, version=version_sent()), 422
    try:
        changed = upkeep.change(application_id, version_sent(), asked, client(), actor=current_user.actor)
    except ApplicationRefused as refused:
        form.refuse(refused.faults)
        return _page(application, form, version=version_sent()), 422
    if isinstance(changed, Overtaken):
        return _page(changed.now, form, notice=meanwhile(changed, asked)), 409
    return redirect(url_for(DETAILS, application_id=application_id, said="saved" if changed else "same"), 303)


def _page(application: Profile, form: ApplicationForm, *, version: int | None = None, notice: Notice | None = None) -> str:
    return render("pages/admin/application_details.html", application=application, form=form, notice=notice,
                  head=head(application, DETAILS), created=moment(application.created_at),
                  version=application.version if version is None else version)


def _said() -> Notice | None:
    said = {
        "created": Notice("good", _("The application is created.")),
        "saved": Notice("good", _("Saved. It holds at once.")),
        "same": Notice("info", _("Nothing was changed.")),
    }
    return said.get(request.args.get("said", ""))


@blueprint.get(f"{_PATH}/delete")
@administrators
def ask(application_id: int) -> str:
    """What will be lost, and the question for the name."""
    return _question(register.show(application_id))


@blueprint.post(f"{_PATH}/delete")
@administrators
@lately
@limits.forms
def delete(application_id: int) -> ResponseReturnValue:
    """Delete the application, once its name was typed: with the proof that throwing its switches needs, which go with it."""
    application, typed = register.show(application_id), request.form.get("name", "")
    if identifiers.fold(typed) != identifiers.fold(application.name):
        return _question(application, _("Type the application’s name as it stands above.")), 422
    upkeep.remove(application_id, client(), actor=current_user.actor)
    return redirect(url_for("applications.list_page", said="deleted"), 303)


def _question(application: Profile, error: str = "", notice: Notice | None = None) -> str:
    return render("pages/admin/application_delete.html", application=application, error=error, notice=notice,
                  sentences=lost(application, use.last_day(application.id)))


@reopens("application.change")
def _reopen(notice: Notice) -> ResponseReturnValue:
    if not admits(access_of("application.change")):
        return redirect(url_for("login.show"), 303)
    form = ApplicationForm()
    form.asked()
    return _page(register.show(_asked_for()), form, version=version_sent(), notice=notice)


@reopens("application.delete")
def _reopen_question(notice: Notice) -> ResponseReturnValue:
    if not admits(access_of("application.delete")):
        return redirect(url_for("login.show"), 303)
    return _question(register.show(_asked_for()), notice=notice)


def _asked_for() -> int:
    return int((request.view_args or {})["application_id"])
