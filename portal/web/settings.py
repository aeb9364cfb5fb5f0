"""*Multi-factor authentication*: the switches, for administrators."""

from __future__ import annotations

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from portal.signin import standing, switches
from portal.signin.impact import reach
from portal.signin.rules import BINDING, OFF
from portal.signin.standing import Scope, Standing, SwitchUnknown
from portal.web import limits
from portal.web.admission import administrators
from portal.web.client import client
from portal.web.panels import field, panels
from portal.web.phrases import Notice
from portal.web.rendering import render
from portal.web.reopening import reopens

blueprint = Blueprint("settings", __name__)


@blueprint.get("/settings/mfa")
@administrators
def mfa() -> str:
    """The switches as they stand."""
    return _page(standing.everywhere(), notice=_saved())


@blueprint.post("/settings/mfa")
@administrators
@limits.forms
def save() -> ResponseReturnValue:
    """Throw what was changed, or put one back. Nothing is thrown when somebody else threw one meanwhile."""
    scopes = standing.everywhere()
    if "undo" in request.form:
        changes = _undone(scopes, request.form["undo"])
    elif request.form.get("version") != _version(scopes):
        return _page(scopes, typed=_overtaken_changes(scopes), notice=_overtaken()), 409
    else:
        changes = _changed(scopes)
    try:
        count = switches.turn(changes, client(), actor=current_user.actor)
    except SwitchUnknown:
        unknown = Notice("bad", _("One of the values is not one of ours. Nothing was saved."))
        return _page(scopes, typed=_typed(scopes), notice=unknown), 422
    return redirect(url_for("settings.mfa", saved=count), 303)


def _all(scopes: list[Scope]) -> list[Standing]:
    return [each for scope in scopes for each in scope.switches]


def _typed(scopes: list[Scope]) -> dict[str, str]:
    """What the form says of every switch: a check box that is not sent is off."""
    return {field(s): request.form.get(field(s), s.value if s.name == BINDING else OFF) for s in _all(scopes)}


def _changed(scopes: list[Scope]) -> dict[tuple[str, str], str]:
    typed = _typed(scopes)
    return {(s.scope, s.name): typed[field(s)] for s in _all(scopes) if typed[field(s)] != s.value}


def _undone(scopes: list[Scope], undo: str) -> dict[tuple[str, str], str]:
    """`scope.name=value` of one of the buttons that put a switch back."""
    name, _equals, value = undo.partition("=")
    return {(s.scope, s.name): value for s in _all(scopes) if field(s) == name}


def _version(scopes: list[Scope]) -> str:
    """How all switches stand, so that a form made from another state is not applied blindly."""
    # On one line: a browser sends a line break in a field as two characters.
    return ",".join(f"{field(s)}={s.value}" for s in _all(scopes))


def _overtaken_changes(scopes: list[Scope]) -> dict[str, str]:
    """What the person changed of the switches as they saw them, on top of how these stand now."""
    seen, typed = request.form.get("version", "").split(","), _typed(scopes)
    return {field(s): s.value if f"{field(s)}={typed[field(s)]}" in seen else typed[field(s)] for s in _all(scopes)}


def _saved() -> Notice | None:
    count = request.args.get("saved", type=int)
    if count is None:
        return None
    if count == 0:
        return Notice("info", _("Nothing was changed."))
    said = ngettext("Saved. It holds at once.", "Saved %(num)s changes. They hold at once.", count)
    return Notice("good", said)


def _overtaken() -> Notice:
    return Notice("care", _("Somebody threw a switch meanwhile. Below is how they stand now, with your changes lit; "
                            "save again if you still want them."))


def _page(scopes: list[Scope], *, typed: dict[str, str] | None = None, notice: Notice | None = None) -> str:
    shown = panels(scopes, reach(), typed)
    return render("pages/settings_mfa.html", panels=shown, version=_version(scopes), notice=notice)


@reopens("settings.save")
def _reopen(notice: Notice) -> ResponseReturnValue:
    """A form without its token throws nothing, nor does it show anything to somebody who is not an administrator."""
    if not (current_user.is_authenticated and current_user.proven and current_user.is_administrator):
        return redirect(url_for("login.show"), 303)
    scopes = standing.everywhere()
    return _page(scopes, typed=_typed(scopes), notice=notice)
