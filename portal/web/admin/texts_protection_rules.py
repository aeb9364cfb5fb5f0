"""*Protection › Rules*: the rules against toll fraud are changed here, with a reason, and who changed them is shown."""

from __future__ import annotations

from itertools import islice
from typing import Any

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal.audit import What, log
from portal.audit.changes import Overtaken
from portal.audit.filters import Filter
from portal.extensions import settings
from portal.messages.guard import upkeep
from portal.messages.guard.upkeep import Saved
from portal.web import limits
from portal.web.admin import audit_words
from portal.web.admin.texts_guard_form import GuardForm
from portal.web.admin.texts_tabs import PROTECTION
from portal.web.admission import administrators, lately
from portal.web.client import client
from portal.web.form import version_sent
from portal.web.moments import moment
from portal.web.phrases import Notice
from portal.web.rendering import render
from portal.web.reopening import reopens
from portal.web.row_ids import LARGEST

blueprint = Blueprint("texts_protection_rules", __name__)
_PATH = "/admin/settings/texts/protection/rules"
_CHANGES = 10


@blueprint.get(_PATH)
@administrators
def show() -> str:
    """As they were set last; with `back`, the id of a change, as they would be without it: saving that puts them back."""
    saved, form = upkeep.saved(), GuardForm(formdata=None)
    change = _change(request.args.get("back", type=int))
    if change is None:
        form.fill(saved.rules)
        return _page(form, saved.version)
    was = upkeep.put_back(saved.rules, change.detail)
    form.fill(was or saved.rules)
    if was is None:
        return _page(form, saved.version, Notice("care", _("That change cannot be read. The form shows the rules as they are.")))
    form.why.data = _("Put back what %(who)s changed on %(when)s", who=change.actor, when=moment(change.at))
    return _page(form, saved.version, Notice("info", _("What that change made otherwise stands in the form as it was before. "
                                                       "Look it over and save.")))


def _change(entry_id: int | None) -> Any:
    """The entry of that change of these rules; None if there is none to be put back."""
    found = log.entry(entry_id) if entry_id and 0 < entry_id <= LARGEST else None
    return found if found and found.event == What.GUARD_CHANGED else None


@blueprint.post(_PATH)
@administrators
@lately
@limits.forms
def save() -> ResponseReturnValue:
    """Set them, unless somebody else did meanwhile."""
    form = GuardForm()
    asked, why = form.asked(), form.reason()
    if asked is None or not why:
        return _page(form, version_sent()), 422
    changed = upkeep.change(asked, client(), version=version_sent(), reason=why, actor=current_user.actor)
    if isinstance(changed, Overtaken):
        return _page(form, changed.now.version, _meanwhile(changed.now)), 409
    return redirect(url_for(PROTECTION, said="saved" if changed else "same"), 303)


def _page(form: GuardForm, version: int, notice: Notice | None = None) -> str:
    changes = [(audit_words.lines([row])[0], audit_words.facts(row.detail), row.id) for row in islice(
        log.each(Filter(event=What.GUARD_CHANGED.value)), _CHANGES)]
    return render("pages/admin/texts_protection_rules.html", form=form, version=version, notice=notice, changes=changes,
                  countries=", ".join(settings().countries), ceiling=settings().portal_limit_texts_in_a_day)


def _meanwhile(now: Saved) -> Notice:
    who = _("Somebody changed the rules meanwhile, so nothing was saved.")
    if now.actor and now.at:
        who = _("%(who)s changed the rules meanwhile (%(when)s), so nothing was saved.", who=now.actor, when=moment(now.at))
    return Notice("care", f"{who} {_('The list of changes below says what. What you typed is still here.')}")


@reopens("texts_protection_rules.save")
def _reopen(notice: Notice) -> str:
    return _page(GuardForm(), version_sent(), notice)
