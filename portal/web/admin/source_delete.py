"""*Delete identity source*: says who will be without a way in, and asks for its title to be typed."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal.accounts import identifiers
from portal.signin.oversight import sources
from portal.sources import linked
from portal.sources.register import Source
from portal.web import limits
from portal.web.admin.source_words import LIST, found, lost, reopened_source
from portal.web.admission import administrators, lately
from portal.web.client import client
from portal.web.phrases import Notice
from portal.web.rendering import render
from portal.web.reopening import reopens

blueprint = Blueprint("source_delete", __name__)


@blueprint.get("/admin/settings/sources/<int:source_id>/delete")
@administrators
def ask(source_id: int) -> str:
    """What will be lost."""
    return _asked(_outside(source_id))


@blueprint.post("/admin/settings/sources/<int:source_id>/delete")
@administrators
@lately
@limits.forms
def delete(source_id: int) -> ResponseReturnValue:
    """Delete it, if its title was typed."""
    source = _outside(source_id)
    if identifiers.fold(request.form.get("typed", "")) != identifiers.fold(source.title):
        return _asked(source, error=_("Type the source’s title as it stands above. Nothing was deleted.")), 422
    sources.remove(source_id, client(), actor=current_user.actor)
    return redirect(url_for(LIST, said="deleted"), 303)


def _outside(source_id: int) -> Source:
    source = found(source_id)
    return source if source.is_outside else abort(404)


def _asked(source: Source, *, error: str = "", notice: Notice | None = None) -> str:
    return render("pages/admin/source_delete.html", source=source, error=error, notice=notice,
                  lost=lost(linked.people(source.id), linked.without_another_way(source.id)))


@reopens("source_delete.delete")
def _reopen(notice: Notice) -> str:
    return _asked(reopened_source(), notice=notice)
