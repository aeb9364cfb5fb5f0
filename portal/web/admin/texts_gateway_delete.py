"""*Delete gateway*: what goes with it, and the proof that it is meant."""

from __future__ import annotations

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal.accounts import identifiers
from portal.messages import standing
from portal.messages.routing import upkeep
from portal.messages.routing.register import Gateway
from portal.web import limits
from portal.web.admin.texts_tabs import GATEWAYS
from portal.web.admin.texts_words import changeable, last_for_texts, reopened_gateway
from portal.web.admission import administrators, lately
from portal.web.client import client
from portal.web.phrases import Notice
from portal.web.rendering import render
from portal.web.reopening import reopens

blueprint = Blueprint("texts_gateway_delete", __name__)


@blueprint.get("/admin/settings/texts/gateways/<int:gateway_id>/delete")
@administrators
def ask(gateway_id: int) -> str:
    """What will be lost."""
    return _asked(changeable(gateway_id))


@blueprint.post("/admin/settings/texts/gateways/<int:gateway_id>/delete")
@administrators
@lately
@limits.forms
def delete(gateway_id: int) -> ResponseReturnValue:
    """Delete it, if its title was typed."""
    gateway = changeable(gateway_id)
    if identifiers.fold(request.form.get("typed", "")) != identifiers.fold(gateway.title):
        return _asked(gateway, error=_("Type the gateway’s title as it stands above. Nothing was deleted.")), 422
    upkeep.remove(gateway.id, client(), actor=current_user.actor)
    return redirect(url_for(GATEWAYS, said="deleted"), 303)


def _asked(gateway: Gateway, *, error: str = "", notice: Notice | None = None) -> str:
    return render("pages/admin/texts_gateway_delete.html", gateway=gateway, error=error, notice=notice, lost=_lost(gateway))


def _lost(gateway: Gateway) -> list[str]:
    said = [_("Its credentials go with it. What it sent stays in the message log.")]
    naming = [route for route in standing.fresh().routes if any(choice.gateway == gateway.name for choice in route.choices)]
    if naming:
        said.append(_("It is taken out of the rules for %(numbers)s; a rule that names no other gateway goes, too.",
                      numbers=", ".join(f"+{route.prefix}" if route.prefix else _("everywhere else") for route in naming)))
    if last_for_texts(gateway):
        said.append(_("It is the last gateway for text messages that is on: nobody can get a code until another one is on."))
    return said


@reopens("texts_gateway_delete.delete")
def _reopen(notice: Notice) -> str:
    return _asked(reopened_gateway(), notice=notice)
