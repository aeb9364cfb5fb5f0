"""*Settings › Text messages*: which gateways are there, in which order, and how does each fare?"""

from __future__ import annotations

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal.health import fitness, gateways
from portal.health.untried import untried
from portal.messages import sender, standing
from portal.messages.routing import upkeep
from portal.messages.routing.register import Gateway
from portal.web import limits
from portal.web.admin.texts_now import now
from portal.web.admin.texts_tabs import GATEWAYS, parts
from portal.web.admin.texts_words import changeable, first_of_environment, line
from portal.web.admission import administrators, lately
from portal.web.client import client
from portal.web.phrases import Notice
from portal.web.rendering import render
from portal.web.reopening import reopens

blueprint = Blueprint("texts", __name__)


@blueprint.get("/admin/settings/texts")
@administrators
def show() -> str:
    """All of them, in their order."""
    said = {
        "moved": Notice("good", _("Moved. Where no rule says otherwise, they are tried in this order.")),
        "edge": Notice("info", _("It stands there already.")),
        "deleted": Notice("good", _("The gateway is deleted.")),
        "enabled": Notice("good", _("It is on. Messages go by it in its place of the order.")),
        "disabled": Notice("good", _("It is off. No message goes by it any more, the others take over.")),
    }
    return _page(said.get(request.args.get("said", "")))


@blueprint.post("/admin/settings/texts/gateways/<int:gateway_id>/move")
@administrators
@lately
@limits.forms
def move(gateway_id: int) -> ResponseReturnValue:
    """One place up, or down."""
    gateway = changeable(gateway_id)
    moved = upkeep.move(gateway.id, client(), up=request.form.get("way") != "down", actor=current_user.actor)
    return redirect(url_for(GATEWAYS, said="moved" if moved else "edge"), 303)


def _page(notice: Notice | None) -> str:
    fared, there = gateways.lately(), standing.fresh().gateways
    new = untried(there)
    heads = (_("Gateway"), _("State"), _("Last hour"), _("Credentials"), _("Order"))
    return render("pages/admin/texts.html", parts=parts(GATEWAYS), notice=notice, heads=heads, troubles=_troubles(there),
                  now=now(there, {name for name, each in fared.items() if each.failing}), here=url_for(GATEWAYS),
                  lines=[line(gateway, fared, new.get(gateway.name)) for gateway in there])


def _troubles(there: tuple[Gateway, ...]) -> list[Notice]:
    """What keeps every message from leaving."""
    found = []
    if not fitness.can_text(there):
        found.append(Notice("bad", _("No gateway for text messages is on. Nobody can get a code, and whoever needs one "
                                     "can’t log in.")))
    if not sender.alive():
        found.append(Notice("bad", _("No sender is running, so no message leaves. Start it: flask portal sender.")))
    return found + [notice for notice in [first_of_environment(there)] if notice]


@reopens("texts.move")
def _reopen(notice: Notice) -> str:
    return _page(notice)
