"""One identity source: how it stands, changing it, letting people come in by it, and trusting its word."""

from __future__ import annotations

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal.audit.changes import Overtaken, Unfit
from portal.models.switch import PORTAL
from portal.signin import switches
from portal.signin.rules import OFF, ON, trust_of
from portal.sources import order, upkeep
from portal.web import limits
from portal.web.admin import source_check
from portal.web.admin.source_form import SourceForm
from portal.web.admin.source_page import page, said
from portal.web.admin.source_presets import preset_of
from portal.web.admin.source_words import SHOW, found, meanwhile, reopened_source
from portal.web.admission import administrators, lately
from portal.web.client import client
from portal.web.form import version_sent
from portal.web.phrases import Notice
from portal.web.reopening import reopens

blueprint = Blueprint("source", __name__)
_PATH = "/admin/settings/sources/<int:source_id>"


@blueprint.get(_PATH)
@administrators
def show(source_id: int) -> str:
    """How it stands."""
    return page(found(source_id), notice=said())


@blueprint.post(_PATH)
@administrators
@lately
@limits.forms
def change(source_id: int) -> ResponseReturnValue:
    """Save what was typed, unless somebody else changed the source meanwhile."""
    source, form = found(source_id), SourceForm()
    if not source.is_outside:
        return redirect(url_for(SHOW, source_id=source_id), 303)
    preset = preset_of(source)
    asked = form.asked(preset, source.settings)
    doubt = source_check.doubt(asked)
    if doubt and not doubt.passing:
        form.doubt(preset, doubt.words)
        return page(source, form, version=version_sent()), 422
    changed = upkeep.change(source_id, version_sent(), asked, client(), actor=current_user.actor)
    if isinstance(changed, Unfit):
        form.refuse(preset, changed.flaws)
        return page(source, form, version=version_sent()), 422
    if isinstance(changed, Overtaken):
        return page(changed.now, form, notice=meanwhile(changed, asked)), 409
    return _back(source_id, "same" if not changed else "saved-unreached" if doubt else "saved")


@blueprint.post(f"{_PATH}/enable")
@administrators
@lately
@limits.forms
def enable(source_id: int) -> ResponseReturnValue:
    """Let people come in by it, or nobody any more."""
    on = request.form.get("on") == ON
    upkeep.enable(found(source_id).id, client(), on=on, actor=current_user.actor)
    return _back(source_id, "enabled" if on else "disabled")


@blueprint.post(f"{_PATH}/prefer")
@administrators
@lately
@limits.forms
def prefer(source_id: int) -> ResponseReturnValue:
    """Make it the one that leads, or let none lead."""
    source, on = found(source_id), request.form.get("on") == ON
    if on and not source.enabled:
        return page(source, notice=Notice("bad", _("It is off. Turn it on first."))), 409
    order.prefer(source_id, client(), on=on, actor=current_user.actor)
    return _back(source_id, "leads" if on else "leads-no-more")


@blueprint.post(f"{_PATH}/trust")
@administrators
@lately
@limits.forms
def trust(source_id: int) -> ResponseReturnValue:
    """Take what it says of a second factor for one, or not: a switch like the others, with its history."""
    source, on = found(source_id), request.form.get("on") == ON
    if source.is_outside:
        switches.turn({(PORTAL, trust_of(source.key)): ON if on else OFF}, client(), actor=current_user.actor)
    return _back(source_id, "trusted" if on else "trusted-no-more")


def _back(source_id: int, done: str) -> ResponseReturnValue:
    return redirect(url_for(SHOW, source_id=source_id, said=done), 303)


@reopens("source.change")
def _reopen(notice: Notice) -> str:
    return page(reopened_source(), SourceForm(), version=version_sent(), notice=notice)


@reopens("source.enable", "source.prefer", "source.trust")
def _reopen_acts(notice: Notice) -> str:
    return page(reopened_source(), notice=notice)
