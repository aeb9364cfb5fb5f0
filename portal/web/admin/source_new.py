"""*Add identity source*: which kind, and what is needed to reach it."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal.audit.changes import Unfit
from portal.extensions import settings
from portal.sources import outside, upkeep
from portal.web import limits
from portal.web.admin import source_check
from portal.web.admin.source_form import SourceForm
from portal.web.admin.source_presets import PRESETS, Preset
from portal.web.admin.source_words import SHOW
from portal.web.admission import administrators, lately
from portal.web.client import client
from portal.web.phrases import Notice
from portal.web.rendering import render
from portal.web.reopening import reopens

blueprint = Blueprint("source_new", __name__)


@blueprint.get("/admin/settings/sources/new")
@administrators
def choose() -> str:
    """The kinds that there are."""
    return render("pages/admin/source_choose.html", presets=PRESETS.values())


@blueprint.get("/admin/settings/sources/new/<preset>")
@administrators
def show(preset: str) -> str:
    """What a source of that kind is asked for."""
    form = SourceForm()
    form.begin(_preset(preset))
    return _page(_preset(preset), form)


@blueprint.post("/admin/settings/sources/new/<preset>")
@administrators
@lately
@limits.forms
def create(preset: str) -> ResponseReturnValue:
    """Add it, not in use yet: it is tried first."""
    chosen, form = _preset(preset), SourceForm()
    asked = form.asked(chosen, {})
    doubt = source_check.doubt(asked)
    if doubt and not doubt.passing:
        form.doubt(chosen, doubt.words)
        return _page(chosen, form), 422
    added = upkeep.add(asked, client(), actor=current_user.actor)
    if isinstance(added, Unfit):
        form.refuse(chosen, added.flaws)
        return _page(chosen, form), 422
    return redirect(url_for(SHOW, source_id=added, said="added-unreached" if doubt else "added"), 303)


def _preset(key: str) -> Preset:
    return PRESETS.get(key) or abort(404)


def _page(preset: Preset, form: SourceForm, notice: Notice | None = None) -> str:
    base = f"{settings().portal_url}/login/with/{form.name.data or preset.key}/callback"
    return render("pages/admin/source_new.html", preset=preset, form=form, notice=notice, has_secret=False,
                  redirect=base if preset.kind in outside.REDIRECTING else "")


@reopens("source_new.create")
def _reopen(notice: Notice) -> str:
    return _page(_preset((request.view_args or {})["preset"]), SourceForm(), notice)
