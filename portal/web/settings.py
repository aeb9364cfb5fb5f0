"""*Security settings › Multi-factor authentication*: the portal's switches, what they do, and where a code is asked for."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue

from portal.signin import standing
from portal.web import limits
from portal.web.admission import administrators, lately, readers
from portal.web.matrix_words import matrix_view
from portal.web.phrases import Notice
from portal.web.policy_preview import PreviewView, preview_view
from portal.web.rendering import render
from portal.web.reopening import reopens
from portal.web.switching import SwitchPage

blueprint = Blueprint("settings", __name__)


class _Page(SwitchPage):
    menu = "mfa"

    @cached_property
    def preview(self) -> PreviewView:
        """What the present address asks to preview."""
        return preview_view()

    def address(self, **query: Any) -> str:
        return url_for("settings.mfa", **query)

    def render(self, **panels: Any) -> str:
        matrix, own_rules = matrix_view()
        return render("pages/settings_mfa.html", preview=self.preview, matrix=matrix, own_rules=own_rules, **panels)


@blueprint.get("/settings/mfa")
@readers
def mfa() -> ResponseReturnValue:
    """The switches as they stand, and what would happen to somebody."""
    page = _Page(standing.of())
    return page.show(), 422 if page.preview.refused else 200


@blueprint.post("/settings/mfa")
@administrators
@lately
@limits.forms
def save() -> ResponseReturnValue:
    """Throw what was changed, or put one back; ask first where much hangs on it."""
    return _Page(standing.of()).save()


@reopens("settings.save")
def _reopen(notice: Notice) -> ResponseReturnValue:
    return _Page(standing.of()).reopen(notice)
