"""The pages of the phone: who asks to log in by a scanned code, and is it you?"""

from __future__ import annotations

from flask import Blueprint, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from wtforms import StringField

from portal.signin import scanning
from portal.signin.scanning import Asked, Stand
from portal.sources import register
from portal.web import limits, scan_words
from portal.web.agents import device_words
from portal.web.client import client
from portal.web.form import Form
from portal.web.moments import moment
from portal.web.phrases import Notice
from portal.web.rendering import render
from portal.web.reopening import reopens

blueprint = Blueprint("scan_phone", __name__)


class LettersForm(Form):
    """The letters below the picture, typed by whoever cannot scan it."""

    letters = StringField()


class NumberForm(Form):
    """The number that the other screen shows."""

    number = StringField()


@blueprint.get("/scan")
def type_letters() -> str:
    """The page on which the letters are typed."""
    _in_use()
    return _letters_page(LettersForm())


@blueprint.post("/scan")
@limits.forms
def find() -> ResponseReturnValue:
    """On to the code with those letters."""
    _in_use()
    form = LettersForm()
    code = scanning.find(form.letters.data or "")
    if code and scanning.look(code, current_user):
        return redirect(url_for("scan_phone.look", code=code), 303)
    form.letters.errors = [_("There is no such code, or it is over. Check the letters, or show a new code on the other screen.")]
    return _letters_page(form), 422


@blueprint.get("/scan/<code>")
def look(code: str) -> ResponseReturnValue:
    """Who asks, and how the code stands. Looking changes nothing: a link may be opened by more than the person."""
    _in_use()
    asked = scanning.look(code, current_user)
    return _asked_page(code, asked, NumberForm()) if asked and asked.stand is Stand.SHOWN else _said(asked)


@blueprint.post("/scan/<code>")
@limits.forms
def confirm(code: str) -> ResponseReturnValue:
    """Let the other screen log in as this person, if the chosen number is the one it shows."""
    _in_use()
    form, asked = NumberForm(), scanning.look(code, current_user)
    if asked is None or asked.stand is not Stand.SHOWN:
        return _said(asked)
    if form.number.data not in {str(number) for number in asked.choices}:
        form.number.errors = [_("Choose the number that the other screen shows.")]
        return _asked_page(code, asked, form), 422
    scanning.confirm(code, int(form.number.data), current_user, client())
    return redirect(url_for("scan_phone.look", code=code), 303)


@blueprint.post("/scan/<code>/refuse")
@limits.forms
def refuse(code: str) -> ResponseReturnValue:
    """End the code: it was not this person who asked."""
    _in_use()
    if scanning.look(code, current_user) is None:
        return _said(None)
    scanning.refuse(code, current_user, client())
    return redirect(url_for("scan_phone.look", code=code), 303)


def _in_use() -> None:
    if register.named(register.SCAN) is None:
        abort(404)


def _letters_page(form: LettersForm, notice: Notice | None = None) -> str:
    return render("pages/scan_type.html", form=form, notice=notice)


def _asked_page(code: str, asked: Asked, form: NumberForm, notice: Notice | None = None) -> str:
    return render("pages/scan_ask.html", asked=asked, form=form, notice=notice, device=device_words(asked.agent),
                  when=moment(asked.at), account=current_user.display_name, action=url_for("scan_phone.confirm", code=code),
                  refusal=url_for("scan_phone.refuse", code=code))


def _said(asked: Asked | None) -> ResponseReturnValue:
    said = scan_words.answering(asked.stand if asked else Stand.UNKNOWN, mine=bool(asked and asked.mine))
    return render("pages/scan_said.html", title=said.title, text=said.text, good=said.status == 200), said.status  # noqa: PLR2004


@reopens("scan_phone.find")
def _reopen_letters(notice: Notice) -> str:
    _in_use()
    return _letters_page(LettersForm(), notice)


@reopens("scan_phone.confirm", "scan_phone.refuse")
def _reopen(notice: Notice) -> ResponseReturnValue:
    code = str((request.view_args or {}).get("code", ""))
    asked = scanning.look(code, current_user)
    return _asked_page(code, asked, NumberForm(), notice) if asked and asked.stand is Stand.SHOWN else _said(asked)
