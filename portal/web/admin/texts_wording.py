"""*Wording*: what does the text message with a code say, for the portal and for each application? With a preview."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal.applications import register
from portal.applications.register import Profile
from portal.audit.changes import Overtaken, Unfit
from portal.extensions import settings
from portal.messages import rewording
from portal.messages.rewording import Kept, Place
from portal.messages.wording import Fault, Flaw
from portal.web import limits
from portal.web.admin.application_tabs import TEXT, head
from portal.web.admin.texts_tabs import WORDING, parts
from portal.web.admin.texts_wording_form import WordingForm, language_sent
from portal.web.admin.texts_wording_panels import panels
from portal.web.admission import administrators, lately
from portal.web.client import client
from portal.web.form import version_sent
from portal.web.moments import moment
from portal.web.phrases import Notice
from portal.web.rendering import render
from portal.web.reopening import reopens

blueprint = Blueprint("texts_wording", __name__)
_PATH = "/admin/settings/texts/wording"
_OWN = f"{_PATH}/<int:application_id>"
_Typed = Mapping[str, tuple[WordingForm, int]]


@blueprint.get(_PATH)
@blueprint.get(_OWN)
@administrators
def show(application_id: int | None = None) -> str:
    """The words in every language: the portal's, or those of an application."""
    return _page(_application(application_id), notice=_said())


@blueprint.post(_PATH)
@blueprint.post(_OWN)
@administrators
@lately
@limits.forms
def save(application_id: int | None = None) -> ResponseReturnValue:
    """Let the text say what was typed, unless it cannot be taken or somebody else changed the words meanwhile."""
    application, (language, form, version) = _application(application_id), _sent()
    if not form.typed:
        form.refuse([Fault(Flaw.NO_CODE)])
        return _page(application, {language: (form, version)}), 422
    done = rewording.change(Place(application_id, language), form.typed, version, client(), actor=current_user.actor)
    if isinstance(done, Unfit):
        form.refuse(done.flaws)
        return _page(application, {language: (form, version)}), 422
    if isinstance(done, Overtaken):
        return _overtaken(application, language, form, done)
    return redirect(url_for(WORDING, application_id=application_id, said="saved" if done else "same"), 303)


@blueprint.post(f"{_PATH}/restore")
@blueprint.post(f"{_OWN}/restore")
@administrators
@lately
@limits.forms
def restore(application_id: int | None = None) -> ResponseReturnValue:
    """Put the words back to those that hold without any of one's own."""
    application, (language, form, version) = _application(application_id), _sent()
    done = rewording.change(Place(application_id, language), "", version, client(), actor=current_user.actor)
    if isinstance(done, Overtaken):
        return _overtaken(application, language, form, done)
    return redirect(url_for(WORDING, application_id=application_id, said="restored" if done else "same"), 303)


@blueprint.post(f"{_PATH}/preview")
@blueprint.post(f"{_OWN}/preview")
@administrators
@limits.previews
def preview(application_id: int | None = None) -> str:
    """The same page with what the text would be. Nothing is changed; a script asks it while somebody types."""
    application, (language, form, version) = _application(application_id), _sent()
    return _page(application, {language: (form, version)})


def _sent() -> tuple[str, WordingForm, int]:
    language = language_sent()
    return language, WordingForm(prefix=language), version_sent()


def _application(application_id: int | None) -> Profile | None:
    return None if application_id is None else register.show(application_id)


def _page(application: Profile | None, typed: _Typed | None = None, *, notice: Notice | None = None) -> str:
    shown = {"application": application, "panels": panels(application, typed or {}), "notice": notice,
             "host": settings().url_host}
    if application:
        return render("pages/admin/texts_wording.html", head=head(application, TEXT), menu="applications",
                      title=_("%(name)s: Text message", name=application.name), **shown)
    return render("pages/admin/texts_wording.html", parts=parts(WORDING), menu="texts",
                  title=_("Words of the text message"), **shown)


def _overtaken(application: Profile | None, language: str, form: WordingForm, done: Overtaken[Kept]) -> ResponseReturnValue:
    now = done.now
    if now.changed_at is None:
        said = _("Somebody changed these words while you were typing. Nothing of yours was saved.")
    else:
        said = _("%(name)s changed these words at %(time)s, while you were typing. Nothing of yours was saved.",
                 name=now.changed_by or "", time=moment(now.changed_at))
    words = _("They are now: “%(words)s”", words=now.body) if now.body else _("They were put back.")
    notice = Notice("care", f"{said} {words} {_('Save again if yours should replace it.')}")
    return _page(application, {language: (form, now.version)}, notice=notice), 409


def _said() -> Notice | None:
    said = {
        "saved": Notice("good", _("Saved. The next text says it.")),
        "restored": Notice("good", _("Put back. The next text says it.")),
        "same": Notice("info", _("Nothing was changed.")),
    }
    return said.get(request.args.get("said", ""))


@reopens("texts_wording.save", "texts_wording.restore", "texts_wording.preview")
def _reopen(notice: Notice) -> str:
    language, form, version = _sent()
    return _page(_application((request.view_args or {}).get("application_id")), {language: (form, version)}, notice=notice)
