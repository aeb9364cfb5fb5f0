"""How does the message log leave as a file? With masked numbers, unless an administrator asks for whole ones."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from flask import Blueprint, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.audit.export import Format, instant
from portal.messages import log
from portal.web import limits
from portal.web.admin import downloads
from portal.web.admin import message_words as words
from portal.web.admin.log_form import LogForm
from portal.web.admin.message_form import FIELDS, asked
from portal.web.admission import administrators, readers
from portal.web.phrases import Notice
from portal.web.reopening import reopens

blueprint = Blueprint("message_export", __name__)
_EXPORTED = ("id", "time", "purpose", "to", "state", "reason", "gateway", "reference", "attempts", "user_id", "sign_in_id",
             "application_id", "application", "claimed", "settled", "channel", "sender", "delivered", "price", "currency")
_MILLION = Decimal(1_000_000)


@blueprint.get("/admin/messages/export.csv", defaults={"ending": "csv"})
@blueprint.get("/admin/messages/export.jsonl", defaults={"ending": "jsonl"})
@readers
def download(ending: str) -> ResponseReturnValue:
    """All that the filter finds, as a file, with masked numbers."""
    return _exported(Format(ending), whole=False)


@blueprint.post("/admin/messages/export")
@administrators
@limits.forms
def export() -> ResponseReturnValue:
    """The same with whole numbers, if they are asked for."""
    format_ = request.form.get("format", "")
    if format_ not in list(Format):
        abort(400)
    return _exported(Format(format_), whole=bool(request.form.get("numbers")))


def _exported(format_: Format, *, whole: bool) -> ResponseReturnValue:
    form = LogForm(FIELDS)
    wanted = asked(form)
    if form.errors:
        return redirect(url_for("message_log.list_page", **downloads.filter_of(FIELDS)), 303)
    records = (_record(row, whole=whole) for row in log.each(wanted))
    return downloads.log("message-log", format_, fields=_EXPORTED, records=records,
                               detail={"filter": log.told(wanted), "numbers": whole})


def _record(row: Any, *, whole: bool) -> list[Any]:
    return [row.id, instant(row.created_at), row.purpose.value, words.number(row.phone, whole=whole), row.state.value, row.reason,
            row.gateway, row.reference, row.attempts, row.user_id, row.sign_in_id, row.application_id, row.application,
            instant(row.claimed_at), instant(row.settled_at), row.channel.value, row.sender, instant(row.delivered_at),
            None if row.price is None else str(row.price / _MILLION), row.currency]


@reopens("message_export.export")
def _reopen(_notice: Notice) -> ResponseReturnValue:
    return redirect(url_for("message_log.list_page", **downloads.filter_of(FIELDS)), 303)
