"""*Audit log*: the list of what happened here, with its filters, and each entry with all that it says."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.accounts import names as people
from portal.audit import What, export, log, sealed
from portal.audit.export import Format
from portal.audit.filters import Filter, Result, told
from portal.web import paging
from portal.web.admin import audit_words as words
from portal.web.admin import downloads
from portal.web.admin.log_form import LogForm
from portal.web.admission import readers
from portal.web.events import OUTCOMES, event_words, outcome_words
from portal.web.language import current
from portal.web.moments import moment
from portal.web.paging import Column
from portal.web.rendering import render
from portal.windows import Found

blueprint = Blueprint("audit_log", __name__)
FIELDS = ("from", "to", "event", "person", "application", "result")
_ONE = "="


@blueprint.get("/admin/audit")
@readers
def list_page() -> ResponseReturnValue:
    """The list, newest first; only the form where a filter cannot be meant."""
    form = LogForm(FIELDS)
    wanted = asked(form)
    if form.errors:
        return _page(form, None), 422
    return _page(form, log.page(wanted, cursor=paging.cursor()))


def asked(form: LogForm) -> Filter:
    """The filter that the address asks for; what cannot be meant is left out, and told in the form's errors."""
    since, until = form.days()
    result = form.one_of("result", _results()) or ""
    exactly = result.removeprefix(_ONE) if result.startswith(_ONE) else None
    return Filter(since=since, until=until, event=form.one_of("event", [what.value for what in What]), person=form.person(),
                  application=form.application(), outcome=exactly, result=Result(result) if result and not exactly else None)


def _results() -> dict[str, str]:
    ends = {Result.WELL.value: _("Went through"), Result.BADLY.value: _("Refused or failed")}
    ended: dict[str, str] = {}
    for outcome in map(str, OUTCOMES):
        # Two that are called the same are one to choose: the first is the one that entries carry.
        ended.setdefault(outcome_words(outcome), _ONE + outcome)
    return {"": _("All"), **ends} | {value: words for words, value in ended.items()}


def _page(form: LogForm, found: Found | None) -> str:
    shown = {"lines": words.lines(found.page.rows), "pages": paging.pages(found.page, found.count)} if found else {}
    back = moment(found.looked_back_to) if found and found.looked_back_to else None
    return render("pages/admin/audit.html", form=form, search_form=_search(form), events=_events(),
                  results=list(_results().items()), columns=_columns(), export_urls=_export_urls(), looked_back_to=back, **shown)


def _search(form: LogForm) -> dict[str, Any]:
    return {"url": url_for("audit_log.list_page"), "name": "person", "label": _("Person: username, number or email"),
            "value": form.typed["person"], "is_set": form.is_set, "error": form.errors.get("person")}


def _columns() -> list[Column]:
    return [Column(label) for label in (_("Time (UTC)"), _("Event"), _("Who"), _("Whom"), _("From"), _("Result"))]


def _events() -> list[tuple[str, str]]:
    return [("", _("All")), *sorted(((what.value, event_words(what)) for what in What), key=lambda each: each[1])]


@blueprint.get("/admin/audit/export.csv", defaults={"ending": "csv"})
@blueprint.get("/admin/audit/export.jsonl", defaults={"ending": "jsonl"})
@readers
def download(ending: str) -> ResponseReturnValue:
    """All that the filter finds, as a file."""
    form = LogForm(FIELDS)
    wanted = asked(form)
    if form.errors:
        return redirect(url_for("audit_log.list_page", **downloads.filter_of(FIELDS)), 303)
    return downloads.log("audit-log", Format(ending), fields=export.FIELDS, records=export.entries(log.each(wanted)),
                               detail={"filter": told(wanted)})


def _export_urls() -> dict[str, str]:
    kept = downloads.filter_of(FIELDS)
    return {ending.value: url_for("audit_log.download", ending=ending.value, **kept) for ending in Format}


@blueprint.get("/admin/audit/<int:entry_id>")
@readers
def entry(entry_id: int) -> str:
    """One entry: all its facts, and whether it is sealed."""
    row = log.entry(entry_id)
    if row is None:
        abort(404)
    return render("pages/admin/audit_entry.html", row=row, when=moment(row.at, words.SECONDS[current()]),
                  event=event_words(row.event), outcome=words.outcome(row), who=_who(row), device=words.device(row),
                  whom=words.person(row.user_id, people.of([row.user_id])), application=words.application(row.application_id),
                  sign_ins_url=words.sign_ins_url(row), facts=words.facts(row.detail), seal=sealed.over(row.id))


def _who(row: Any) -> words.Named:
    known = people.of([row.actor_id])
    return words.Named(words.actor_words(row), named.url if (named := words.person(row.actor_id, known)) else None)
