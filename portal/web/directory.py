"""The form of a directory: an account and a password there, for whatever a person was sent to it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from wtforms import PasswordField, StringField

from portal.models import RequestPurpose, SourceKind
from portal.signin import directory, session
from portal.signin.password import Refused
from portal.sources import register, requests
from portal.sources.faults import SourceFault
from portal.sources.register import Source
from portal.sources.slots import Busy
from portal.web import came_for, limits, outside_answer, phrases, round_trip
from portal.web.admission import anyone
from portal.web.branding import branding
from portal.web.client import client
from portal.web.form import Form
from portal.web.outside_words import Word
from portal.web.phrases import Notice
from portal.web.rendering import render
from portal.web.reopening import reopens
from portal.web.trial_mode import also_in_trials

blueprint = Blueprint("directory", __name__)


class DirectoryForm(Form):
    """What a person types who is asked on behalf of a directory."""

    identifier = StringField()
    password = PasswordField()

    def filled(self, source: Source) -> bool:
        """Whether both fields have something in them; each that has not says so."""
        return not self.lacks({"identifier": _("Enter your account at %(source)s.", source=source.title),
                               "password": phrases.required("password")})


@blueprint.get("/login/with/<name>/form")
@anyone
@also_in_trials
def show(name: str) -> ResponseReturnValue:
    """The form."""
    return _page(_directory(name), DirectoryForm())


@blueprint.post("/login/with/<name>/form")
@anyone
@also_in_trials
@limits.passwords
def enter(name: str) -> ResponseReturnValue:
    """Ask the directory. Its word counts once, in the browser that was sent here, for what it was sent for."""
    source, form = _directory(name), DirectoryForm()
    if not form.filled(source):
        return _page(source, form), 422
    try:
        claimed = directory.prove(source, form.identifier.data, form.password.data, client())
    except (SourceFault, Busy) as why:
        failed = round_trip.failed(source, why)
        return _page(source, form, failed.notice), failed.status, limits.retry_after(round_trip.SECONDS)
    if isinstance(claimed, Refused):
        return _refused(source, form, claimed.wait)
    asked = requests.answered(request.args.get("state", ""), browser=session.browser(), trial_id=session.trial_id())
    if asked is None or asked.source_id != source.id:
        return outside_answer.login_page(round_trip.so(Word.OVER, source), came_for.application())
    return outside_answer.used(source, asked, claimed)


def _directory(name: str) -> Source:
    """The directory of that name that is in use."""
    source = register.named(name)
    return source if source and source.kind is SourceKind.LDAP else abort(404)


def _purpose() -> RequestPurpose | None:
    return requests.purpose_of(request.args.get("state", ""), browser=session.browser(), trial_id=session.trial_id())


def _refused(source: Source, form: DirectoryForm, wait: float) -> ResponseReturnValue:
    form.identifier.errors = [phrases.password_refused(wait)]
    return (_page(source, form), 429, limits.retry_after(wait)) if wait else (_page(source, form), 422)


def _page(source: Source, form: DirectoryForm, notice: Notice | None = None) -> str:
    kept: dict[str, Any] = {"state": request.args.get("state")} | came_for.kept()
    application, confirms = came_for.application(), _purpose() is RequestPurpose.CONFIRM
    return render("pages/directory.html", source=source.title, form=form, notice=notice, inside=current_user.is_authenticated,
                  confirms=confirms,
                  action=url_for("directory.enter", name=source.name, **kept), back=url_for("login.show", **came_for.kept()),
                  **branding(application.brand if application else None))


@reopens("directory.enter")
def _reopen(notice: Notice) -> str:
    return _page(_directory((request.view_args or {})["name"]), DirectoryForm(), notice)
