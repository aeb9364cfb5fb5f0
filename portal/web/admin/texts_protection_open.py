"""A country that is closed to new numbers: is it to be opened, and why?"""

from __future__ import annotations

from flask import Blueprint, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal.accounts.phones import all_regions
from portal.messages.guard import by_hand
from portal.web import countries, limits
from portal.web.admin.texts_guard_form import ReasonForm
from portal.web.admin.texts_protection_words import place
from portal.web.admin.texts_tabs import PROTECTION
from portal.web.admission import administrators, lately
from portal.web.client import client
from portal.web.phrases import Notice
from portal.web.rendering import render
from portal.web.reopening import reopens

blueprint = Blueprint("texts_protection_open", __name__)
_PATH = "/admin/settings/texts/protection/open/<int:code>"


@blueprint.get(_PATH)
@administrators
def ask(code: int) -> str:
    """Ask for the reason."""
    return _page(_known(code), ReasonForm(formdata=None))


@blueprint.post(_PATH)
@administrators
@lately
@limits.forms
def reopen(code: int) -> ResponseReturnValue:
    """Open it, and count anew."""
    form = ReasonForm()
    why = form.reason()
    if not why:
        return _page(_known(code), form), 422
    opened = by_hand.reopen(f"+{_known(code)}", client(), reason=why, actor=current_user.actor)
    return redirect(url_for(PROTECTION, said="opened" if opened else "was-open"), 303)


def _known(code: int) -> int:
    return code if code in all_regions().values() else abort(404)


def _page(code: int, form: ReasonForm, notice: Notice | None = None) -> str:
    names = countries.sharers(code)
    return render("pages/admin/texts_protection_open.html", code=code, where=place(f"+{code}"), form=form, notice=notice,
                  names=", ".join(names) if len(names) > 1 else "")


@reopens("texts_protection_open.reopen")
def _reopen(notice: Notice) -> str:
    return _page(_known((request.view_args or {})["code"]), ReasonForm(), notice)
