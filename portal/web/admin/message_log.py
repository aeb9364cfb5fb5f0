"""*Message log*: which text messages were asked for, and what became of them; never what they say."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal import audit
from portal.accounts import names as people
from portal.audit import Event, What
from portal.audit.export import Format
from portal.messages import log, opt_outs
from portal.messages.log import Filter
from portal.web import limits, paging
from portal.web.admin import audit_words, downloads, texts_reasons
from portal.web.admin import message_words as words
from portal.web.admin.log_form import LogForm
from portal.web.admin.message_form import FIELDS, asked
from portal.web.admission import administrators, console
from portal.web.client import client
from portal.web.language import current
from portal.web.moments import moment
from portal.web.paging import Column
from portal.web.phrases import Notice
from portal.web.rendering import render
from portal.web.reopening import reopens
from portal.windows import Found

blueprint = Blueprint("message_log", __name__)


@blueprint.get("/admin/messages")
@console
def list_page() -> ResponseReturnValue:
    """The list, newest first; only the form where a filter cannot be meant."""
    return _listed()


@blueprint.post("/admin/messages")
@administrators
@limits.forms
def show_numbers() -> ResponseReturnValue:
    """The same page with whole numbers. Who asked for them, by which filter, and how many they were, is on record first."""
    return _listed(whole=True)


@blueprint.get("/admin/messages/<int:message_id>")
@console
def message(message_id: int) -> str:
    """One message: when it was asked for, taken in hand, settled and delivered, and what became of it."""
    row = log.message(message_id)
    if row is None:
        abort(404)
    times = {_("Asked for"): row.created_at, _("Taken in hand"): row.claimed_at, _("Settled"): row.settled_at,
             _("Delivered"): row.delivered_at, _("Not sent after"): row.not_after}
    stopped_at = opt_outs.stopped_at(row.phone)
    return render("pages/admin/message.html", row=row, to=words.number(row.phone, whole=False), state=words.state_tag(row.state),
                  purpose=words.purpose_words(row.purpose), reason=words.reason_words(row.reason),
                  remedy=texts_reasons.remedy(row.reason or ""),
                  channel=words.channel_words(row.channel), price=words.price_words(row),
                  stopped=moment(stopped_at) if stopped_at else "",
                  times={label: moment(at, audit_words.SECONDS[current()]) if at else "" for label, at in times.items()},
                  whom=audit_words.person(row.user_id, people.of([row.user_id])), sign_ins_url=audit_words.sign_ins_url(row),
                  application=audit_words.application(row.application_id) or audit_words.Named(row.application))


def _listed(*, whole: bool = False, notice: Notice | None = None) -> ResponseReturnValue:
    form = LogForm(FIELDS)
    wanted = asked(form)
    if form.errors:
        return _page(form, None, notice=notice), 422
    found = log.page(wanted, cursor=paging.cursor())
    if whole:
        _note_numbers(wanted, len(found.page.rows))
    return _page(form, found, whole=whole, notice=notice)


def _note_numbers(wanted: Filter, count: int) -> None:
    detail = {"log": "message-log", "filter": log.told(wanted), "rows": count}
    audit.note(client(), Event(event=What.NUMBERS_SHOWN, actor=current_user.actor, detail=detail))


def _page(form: LogForm, found: Found | None, *, whole: bool = False, notice: Notice | None = None) -> str:
    shown = _shown(found, whole=whole) if found else {}
    return render("pages/admin/messages.html", form=form, search_form=_search(form), states=words.states(), columns=_columns(),
                  urls=_urls(), whole=whole, notice=notice, **shown)


def _shown(found: Found, *, whole: bool) -> dict[str, Any]:
    return {"lines": words.lines(found.page.rows, whole=whole), "pages": paging.pages(found.page, found.count),
            "looked_back_to": moment(found.looked_back_to) if found.looked_back_to else None}


def _search(form: LogForm) -> dict[str, Any]:
    return {"url": url_for("message_log.list_page"), "name": "number", "label": _("Number, or how it begins"),
            "value": form.typed["number"], "is_set": form.is_set, "error": form.errors.get("number")}


def _columns() -> list[Column]:
    labels = (_("Time (UTC)"), _("To"), _("Purpose"), _("State"), _("Gateway"), _("Attempts"))
    return [Column(label) for label in labels]


def _urls() -> dict[str, str]:
    """Where this filter leads: as files, and the page itself with whole numbers and without."""
    kept = downloads.filter_of(FIELDS)
    files = {ending.value: url_for("message_export.download", ending=ending.value, **kept) for ending in Format}
    return {**files, "here": paging.address(), "export": url_for("message_export.export", **kept)}


@reopens("message_log.show_numbers")
def _reopen(notice: Notice) -> ResponseReturnValue:
    return _listed(notice=notice)
