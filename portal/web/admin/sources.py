"""*Settings › Identity sources*: by which sources people come in, and in which order they stand."""

from __future__ import annotations

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal.signin import standing
from portal.sources import linked, order, register
from portal.web import limits
from portal.web.admin.source_words import LIST, found, line
from portal.web.admission import administrators, lately
from portal.web.client import client
from portal.web.phrases import Notice
from portal.web.rendering import render
from portal.web.reopening import reopens

blueprint = Blueprint("sources", __name__)


@blueprint.get("/admin/settings/sources")
@administrators
def list_page() -> str:
    """All of them, in their order."""
    said = {
        "moved": Notice("good", _("Moved. The login page has them in this order.")),
        "edge": Notice("info", _("It stands there already.")),
        "deleted": Notice("good", _("The identity source is deleted.")),
    }
    return _page(said.get(request.args.get("said", "")))


@blueprint.post("/admin/settings/sources/<int:source_id>/move")
@administrators
@lately
@limits.forms
def move(source_id: int) -> ResponseReturnValue:
    """One place up, or down."""
    source = found(source_id)
    moved = order.move(source.id, client(), up=request.form.get("way") != "down", actor=current_user.actor)
    return redirect(url_for(LIST, said="moved" if moved else "edge"), 303)


def _page(notice: Notice | None) -> str:
    sources = register.fresh()
    trusts = standing.trusts(source.key for source in sources if source.is_outside)
    lines = [line(source, trusts.get(source.key), linked.people(source.id) if source.is_outside else None)
             for source in sources]
    heads = (_("Source"), _("Kind"), _("State"), _("People"), _("Order"))
    return render("pages/admin/sources.html", lines=lines, heads=heads, notice=notice,
                  outside=any(source.is_outside for source in sources))


@reopens("sources.move")
def _reopen(notice: Notice) -> str:
    return _page(notice)
