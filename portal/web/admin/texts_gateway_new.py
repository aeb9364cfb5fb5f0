"""*Add gateway*: of which kind, and what is needed to send by it."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal.audit.changes import Unfit
from portal.extensions import settings
from portal.messages.routing import upkeep
from portal.messages.routing.kinds import VONAGE
from portal.models import GatewayKind
from portal.web import limits
from portal.web.admin.texts_gateway_form import GatewayForm
from portal.web.admin.texts_gateway_page import asks
from portal.web.admin.texts_words import KINDS, SHOW, kind_title, vonage_variables
from portal.web.admission import administrators, lately
from portal.web.client import client
from portal.web.phrases import Notice
from portal.web.rendering import render
from portal.web.reopening import reopens

blueprint = Blueprint("texts_gateway_new", __name__)


@blueprint.get("/admin/settings/texts/gateways/new")
@administrators
def choose() -> str:
    """The kinds that there are."""
    return render("pages/admin/texts_gateway_choose.html", kinds=KINDS)


@blueprint.get("/admin/settings/texts/gateways/new/<kind>")
@administrators
def show(kind: str) -> str:
    """What a gateway of that kind is asked for."""
    form = GatewayForm(_kind(kind), blank=True)
    form.begin(kind_title(form.kind), settings().vonage_sender)
    return _page(form)


@blueprint.post("/admin/settings/texts/gateways/new/<kind>")
@administrators
@lately
@limits.forms
def create(kind: str) -> ResponseReturnValue:
    """Add it, not in use yet: it is tried first."""
    form = GatewayForm(_kind(kind))
    asked = form.asked({}, secrets=not _by_environment(form.kind))
    if form.settings_refused(asked):
        return _page(form), 422
    added = upkeep.add(asked, client(), actor=current_user.actor)
    if isinstance(added, Unfit):
        form.refuse(added.flaws)
        return _page(form), 422
    return redirect(url_for(SHOW, gateway_id=added, said="added"), 303)


def _kind(value: str) -> GatewayKind:
    return next((kind for kind in KINDS if kind.value == value), None) or abort(404)


def _by_environment(kind: GatewayKind) -> bool:
    return kind in VONAGE and bool(vonage_variables())


def _page(form: GatewayForm, notice: Notice | None = None) -> str:
    return render("pages/admin/texts_gateway_new.html", form=form, kind=form.kind, called=kind_title(form.kind), notice=notice,
                  variables=vonage_variables() if _by_environment(form.kind) else [], kept=(),
                  **asks(form.kind, by_environment=_by_environment(form.kind)))


@reopens("texts_gateway_new.create")
def _reopen(notice: Notice) -> str:
    return _page(GatewayForm(_kind((request.view_args or {})["kind"])), notice)
