"""*Settings › Text messages › Protection*: what is closed and why, what is used and refused, and the rules against toll fraud."""

from __future__ import annotations

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from wtforms import SelectField

from portal.accounts.phones import all_regions
from portal.health import guarding
from portal.messages import standing
from portal.messages.guard import by_hand
from portal.web import countries, limits, phrases
from portal.web.admin import texts_protection_words as words
from portal.web.admin.texts_guard_form import ReasonForm
from portal.web.admin.texts_tabs import PROTECTION, parts
from portal.web.admission import administrators, lately
from portal.web.client import client
from portal.web.phrases import Notice
from portal.web.rendering import render
from portal.web.reopening import reopens

blueprint = Blueprint("texts_protection", __name__)
_HOUR, _DAY = 3_600, 24
"""In seconds, and in hours."""
_HOURS = (1, 6, 24, 168)
_OF_ONE, _NAMED = 1, 2
"""A calling code that many share, and how many of them the page names."""


class CloseForm(ReasonForm):
    """Which calling code, for how long, and why."""

    code = SelectField(validate_choice=False)
    hours = SelectField(validate_choice=False)

    def offer(self) -> None:
        """Fill the pickers."""
        self.code.choices = [("", _("Choose a country")), *countries.calling_codes()]
        self.hours.choices = [(str(hours), _time(hours)) for hours in _HOURS]


def _time(hours: int) -> str:
    days = hours // _DAY
    return ngettext("%(num)s day", "%(num)s days", days) if days > 1 else phrases.span(hours * _HOUR)


@blueprint.get("/admin/settings/texts/protection")
@administrators
def show() -> str:
    """All of it as it stands now."""
    return _page(CloseForm(formdata=None), _said())


@blueprint.post("/admin/settings/texts/protection")
@administrators
@lately
@limits.forms
def close() -> ResponseReturnValue:
    """Close a calling code to new numbers for a while."""
    form = CloseForm()
    code, hours, why = _code(form), _hours(form), form.reason()
    if code is None or hours is None or not why:
        return _page(form), 422
    by_hand.close(f"+{code}", client(), seconds=hours * _HOUR, reason=why, actor=current_user.actor)
    return redirect(url_for(PROTECTION, said="closed"), 303)


def _code(form: CloseForm) -> int | None:
    typed = (form.code.data or "").strip()
    code = int(typed) if typed.isdecimal() and len(typed) <= len("999") else 0
    if code in all_regions().values():
        return code
    form.code.errors = [_("Choose a country.")]
    return None


def _hours(form: CloseForm) -> int | None:
    found = next((hours for hours in _HOURS if str(hours) == form.hours.data), None)
    if found is None:
        form.hours.errors = [_("Choose for how long.")]
    return found


def _page(form: CloseForm, notice: Notice | None = None) -> str:
    form.offer()
    rules = standing.fresh().rules
    refused, more = guarding.refused()
    return render(
        "pages/admin/texts_protection.html", parts=parts(PROTECTION), notice=notice, form=form,
        closed=[words.closed_line(closing) for closing in guarding.closings()], bars=words.bars(rules),
        refused=words.refused_lines(refused), more=guarding.NEWEST if more else 0,
        beside_two=len(countries.sharers(_OF_ONE)) - _NAMED, rules=words.rule_facts(rules), nowhere=rules.countries == (),
        environment=words.environment(), breaker=rules.breaker)


def _said() -> Notice | None:
    sentences = {
        "closed": Notice("good", _("Closed. New numbers of that country get no text messages.")),
        "opened": Notice("good", _("Open. Codes that do not come back are counted anew.")),
        "was-open": Notice("info", _("It is open already.")),
        "saved": Notice("good", _("Saved. It holds at once.")), "same": Notice("info", _("Nothing was changed.")),
    }
    return sentences.get(request.args.get("said", ""))


@reopens("texts_protection.close")
def _reopen(notice: Notice) -> str:
    return _page(CloseForm(), notice)
