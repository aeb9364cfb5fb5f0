"""*Import CSV*: takes a file of users to be checked, and lists the last imports."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_decimal
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.exceptions import RequestEntityTooLarge
from wtforms import FileField, SelectField

from portal.audit import export
from portal.audit.export import Format
from portal.imports import intake, register
from portal.imports.faults import FileRefused
from portal.imports.header import FIELDS
from portal.imports.intake import Sent
from portal.messages.bulk import ring
from portal.web import limits
from portal.web.admin import import_words
from portal.web.admission import administrators, may_open, takes_files
from portal.web.client import client
from portal.web.form import Form
from portal.web.moments import moment
from portal.web.phrases import Notice
from portal.web.rendering import render
from portal.web.reopening import reopens
from portal.web.tags import Tag

blueprint = Blueprint("users_import", __name__)
_BESIDE_THE_FILE = 64 * 1024
_MOST_READ_AWAY = 128 * 1024 * 1024
_EXAMPLE = ("ada", "ada@example.com", "+4915112345678", "Ada Lovelace", "no")


class UploadForm(Form):
    """A file, and how it is written, where that cannot be found out."""

    file = FileField()
    separator = SelectField(validate_choice=False)
    encoding = SelectField(validate_choice=False)

    def offer(self) -> None:
        """Fill the choices."""
        found = ("", _("Found by the first line")), ("", _("Found by the file itself"))
        self.separator.choices = [found[0], *((value, str(words)) for value, words in import_words.SEPARATORS.items())]
        self.encoding.choices = [found[1], *((value, str(words)) for value, words in import_words.ENCODINGS.items())]


@dataclass(frozen=True, kw_only=True)
class Line:
    """One import in the list."""

    url: str
    file_name: str
    state: Tag
    rows: str
    created: str
    updated: str
    faulty: str
    actor: str
    when: str


@blueprint.get("/admin/users/import")
@administrators
def show() -> str:
    """The form, and the last imports."""
    said = {"discarded": Notice("info", _("The file is discarded. Nothing of it was imported."))}
    return _page(UploadForm(), said.get(request.args.get("said", "")))


@blueprint.post("/admin/users/import")
@administrators
@takes_files(intake.MOST_BYTES + _BESIDE_THE_FILE)
@limits.forms
def upload() -> ResponseReturnValue:
    """Keep the file and have it checked. Nothing of the user pool changes yet."""
    form = UploadForm()
    import_id = _taken(form)
    if import_id is None:
        return _page(form), 422
    ring(import_id)
    return redirect(url_for("users_import_one.show", import_id=import_id), 303)


@blueprint.get("/admin/users/import/template.csv")
@administrators
def template() -> Response:
    """A file with the names of the columns and one example."""
    answer = Response("".join(export.lines(FIELDS, [_EXAMPLE], Format.CSV)), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = 'attachment; filename="users-template.csv"'
    return answer


def _taken(form: UploadForm) -> int | None:
    """The id of the import; None where the file cannot be read: the form says why then."""
    file = request.files.get("file")
    if not file or not file.filename:
        form.file.errors = [_("Choose a file.")]
        return None
    encoding, separator = form.encoding.data, form.separator.data
    sent = Sent(file=file.stream, name=file.filename, encoding=encoding if encoding in import_words.ENCODINGS else None,
                separator=separator if separator in import_words.SEPARATORS else None)
    try:
        return intake.add(sent, client(), actor=current_user.actor)
    except FileRefused as refused:
        form.file.errors = [import_words.file_fault(refused)]
        return None


def _page(form: UploadForm, notice: Notice | None = None) -> str:
    form.offer()
    return render("pages/admin/users_import.html", form=form, notice=notice, wrong=bool(form.file.errors),
                  lines=[_line(row) for row in register.latest()])


def _line(row: Any) -> Line:
    rows, created, updated, faulty = (format_decimal(count) for count in (row.rows, row.creates, row.updates, row.faulty))
    url = url_for("users_import_one.show", import_id=row.id)
    return Line(url=url, file_name=row.file_name, state=import_words.state_tag(row), rows=rows, created=created,
                updated=updated, faulty=faulty, actor=row.actor, when=moment(row.created_at))


@blueprint.errorhandler(RequestEntityTooLarge)
def _too_large(_error: RequestEntityTooLarge) -> ResponseReturnValue:
    """Read what is still on its way, and drop it: a browser that is cut off while it sends shows no page at all."""
    if not may_open("users_import.upload"):
        return redirect(url_for("login.show"), 303)
    left = min(request.content_length or 0, _MOST_READ_AWAY)
    while left > 0 and (piece := request.environ["wsgi.input"].read(min(left, _BESIDE_THE_FILE))):
        left -= len(piece)
    form = UploadForm(formdata=None)
    form.file.errors = [import_words.too_large()]
    return _page(form), 413


@reopens("users_import.upload")
def _reopen(notice: Notice) -> str:
    return _page(UploadForm(), notice)
