"""One import of users: how far it is, which rows are faulty, and whether it is to be applied or discarded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, abort, redirect, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal.audit import export
from portal.audit.export import Format
from portal.imports import deciding, encodings, intake, parts, register
from portal.imports.faults import FileRefused
from portal.messages.bulk import ring
from portal.models import ImportState
from portal.web import limits
from portal.web.admin import import_words
from portal.web.admission import administrators, lately
from portal.web.client import client
from portal.web.moments import moment
from portal.web.phrases import Notice
from portal.web.rendering import render
from portal.web.reopening import reopens

blueprint = Blueprint("users_import_one", __name__)
SHOWN = 50
BUSY = (ImportState.CHECKING, ImportState.APPLYING)


@dataclass(frozen=True)
class FaultyRow:
    """A row that cannot be taken: where it begins, what it seems to be about, and what is wrong with it."""

    line: int
    about: str
    faults: list[str]


@dataclass(frozen=True)
class Reading:
    """How the file begins in an encoding that fits it."""

    encoding: str
    name: str
    sample: str


@blueprint.get("/admin/users/import/<int:import_id>")
@administrators
def show(*, import_id: int) -> str:
    """How the import stands; while it is worked on, the page looks for news by itself."""
    return _page(_found(import_id))


@blueprint.post("/admin/users/import/<int:import_id>/encoding")
@administrators
@limits.forms
def read(*, import_id: int) -> ResponseReturnValue:
    """Take the answer to in which encoding the file is."""
    found = _found(import_id)
    encoding = request.form.get("encoding", "")
    if encoding not in import_words.ENCODINGS:
        return _page(found, Notice("bad", _("Choose how the file is to be read."))), 422
    try:
        done = intake.answer(found.id, encoding)
    except FileRefused as refused:
        return _page(found, Notice("bad", import_words.file_fault(refused))), 422
    return _onward(import_id, done=done)


@blueprint.post("/admin/users/import/<int:import_id>/apply")
@administrators
@lately
@limits.forms
def apply(*, import_id: int) -> ResponseReturnValue:
    """Have the rows written: all, or the valid ones."""
    found = _found(import_id)
    valid_only = request.form.get("rows") == "valid"
    return _onward(import_id, done=deciding.apply(found.id, client(), actor=current_user.actor, valid_only=valid_only))


@blueprint.post("/admin/users/import/<int:import_id>/discard")
@administrators
@limits.forms
def discard(*, import_id: int) -> ResponseReturnValue:
    """Forget the file."""
    if deciding.discard(_found(import_id).id):
        return redirect(url_for("users_import.show", said="discarded"), 303)
    return _onward(import_id, done=False)


@blueprint.get("/admin/users/import/<int:import_id>/faulty.csv")
@administrators
def faulty(*, import_id: int) -> Response:
    """The faulty rows as they stand in the file, with what is wrong as their last column: to be corrected and imported."""
    found = _found(import_id)
    if not register.faulty(found.id, limit=1):
        abort(404)
    fields = [export.cell(name) for name in (*register.first_line(found), _("What is wrong"))]
    records = ([*cells, " ".join(import_words.row_faults(row.faults))] for cells, row in register.faulty_records(found))
    answer = Response(stream_with_context(export.lines(fields, records, Format.CSV)), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="import-{found.id}-faulty.csv"'
    return answer


def _found(import_id: int) -> Any:
    return register.find(import_id) or abort(404)


def _onward(import_id: int, *, done: bool) -> ResponseReturnValue:
    """To the page with the news; with 409 where somebody was faster."""
    if done:
        ring(import_id)
        return redirect(url_for("users_import_one.show", import_id=import_id), 303)
    notice = Notice("care", _("That can’t be done any more: this is how the import stands now."))
    return _page(_found(import_id), notice), 409


def _page(found: Any, notice: Notice | None = None) -> str:
    words, percent = import_words.progress(found) if found.state in BUSY else ("", None)
    rows = [] if found.state in BUSY else [_row(row) for row in register.faulty(found.id, limit=SHOWN)]
    return render("pages/admin/users_import_one.html", found=found, notice=notice or import_words.notice(found), words=words,
                  percent=percent, counts=import_words.counts(found),
                  faulty_rows=rows, readings=_readings(found), state=import_words.state_tag(found),
                  separator=import_words.SEPARATORS.get(found.separator, ""), shown=SHOWN, created=moment(found.created_at),
                  encoding=import_words.ENCODINGS.get(found.encoding, found.encoding or ""))


def _row(row: Any) -> FaultyRow:
    return FaultyRow(row.line, row.username or row.email or row.phone or row.name or "", import_words.row_faults(row.faults))


def _readings(found: Any) -> list[Reading]:
    if found.state is not ImportState.ASKING:
        return []
    file = parts.opened(found.id, found.size)
    return [Reading(encoding, str(import_words.ENCODINGS[encoding]), encodings.sample(file, encoding))
            for encoding in encodings.possible(file)]


@reopens("users_import_one.read", "users_import_one.apply", "users_import_one.discard")
def _reopen(notice: Notice) -> str:
    return _page(_found((request.view_args or {})["import_id"]), notice)
