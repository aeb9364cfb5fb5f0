"""One gateway: how it stands, changing it, and letting messages go by it."""

from __future__ import annotations

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal.audit.changes import Overtaken, Unfit
from portal.extensions import settings
from portal.messages.routing import credentials, upkeep
from portal.messages.routing.register import Gateway
from portal.web import limits
from portal.web.admin.texts_gateway_form import GatewayForm
from portal.web.admin.texts_gateway_page import meanwhile, page, said, unusable
from portal.web.admin.texts_tabs import GATEWAYS
from portal.web.admin.texts_words import SHOW, changeable, found, last_for_texts, reopened_gateway, variables
from portal.web.admission import administrators, lately
from portal.web.client import client
from portal.web.form import version_sent
from portal.web.phrases import Notice
from portal.web.rendering import render
from portal.web.reopening import reopens

blueprint = Blueprint("texts_gateway", __name__)
_PATH = "/admin/settings/texts/gateways/<int:gateway_id>"


@blueprint.get(_PATH)
@administrators
def show(gateway_id: int) -> str:
    """How it stands."""
    return page(found(gateway_id), notice=said())


@blueprint.post(_PATH)
@administrators
@lately
@limits.forms
def change(gateway_id: int) -> ResponseReturnValue:
    """Save what was typed, unless somebody else changed the gateway meanwhile."""
    gateway = changeable(gateway_id)
    form = GatewayForm(gateway.kind)
    asked = form.asked(gateway.settings, secrets=not variables(gateway))
    if form.settings_refused(asked):
        return page(gateway, form, version=version_sent()), 422
    changed = upkeep.change(gateway.id, version_sent(), asked, client(), actor=current_user.actor)
    if isinstance(changed, Unfit):
        form.refuse(changed.flaws)
        return page(gateway, form, version=version_sent()), 422
    if isinstance(changed, Overtaken):
        return page(changed.now, form, notice=meanwhile(changed, asked)), 409
    return _back(gateway_id, "saved" if changed else "same")


@blueprint.post(f"{_PATH}/enable")
@administrators
@lately
@limits.forms
def enable(gateway_id: int) -> ResponseReturnValue:
    """Let messages go by it, or none any more; asks once more where no other gateway is left for text messages."""
    gateway, on = changeable(gateway_id), request.form.get("on") == "on"
    origin = credentials.origin(gateway, settings())
    if on and not origin.usable:
        return page(gateway, notice=unusable(origin)), 409
    if not on and "sure" not in request.form and last_for_texts(gateway):
        return _sure(gateway)
    upkeep.enable(gateway.id, client(), on=on, actor=current_user.actor)
    done = "enabled" if on else "disabled"
    return redirect(url_for(GATEWAYS, said=done), 303) if _from_list() else _back(gateway_id, done)


def _from_list() -> bool:
    """Whether it was turned on or off there, and not on its own page."""
    return request.form.get("from") == "list"


def _sure(gateway: Gateway) -> str:
    lost = [_("It is the last gateway for text messages that is on."),
            _("Nobody can get a code until one is on again: whoever needs a code can’t log in, you included.")]
    fields = [("on", "off"), ("sure", "yes"), *([("from", "list")] if _from_list() else [])]
    cancel = url_for(GATEWAYS) if _from_list() else url_for(SHOW, gateway_id=gateway.id)
    return render("pages/admin/texts_gateway_off.html", gateway=gateway, lost=lost, fields=fields, cancel=cancel)


def _back(gateway_id: int, done: str) -> ResponseReturnValue:
    return redirect(url_for(SHOW, gateway_id=gateway_id, said=done), 303)


@reopens("texts_gateway.change")
def _reopen(notice: Notice) -> str:
    gateway = reopened_gateway()
    return page(gateway, GatewayForm(gateway.kind), version=version_sent(), notice=notice)


@reopens("texts_gateway.enable")
def _reopen_enable(notice: Notice) -> str:
    return page(reopened_gateway(), notice=notice)
