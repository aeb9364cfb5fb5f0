"""*Export CSV*: the users of the list as a file that the import reads back."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request
from flask_login import current_user

from portal.accounts import listing, phones
from portal.audit import Event, What, export
from portal.audit.export import Format
from portal.web.admin import downloads, users_asked
from portal.web.admission import readers

blueprint = Blueprint("users_export", __name__)
FIELDS = ("username", "email", "phone", "name", "role", "suspended", "created_at", "last_sign_in_at", "phone_state")


@blueprint.get("/admin/users/export.csv")
@readers
def download() -> Response:
    """UTF-8 without a byte order mark, with a line of names first. Whole numbers are for administrators only."""
    asked = users_asked.asked(request.args)
    whole = bool(current_user.is_administrator)
    detail = {"numbers": "whole" if whole else "masked", **users_asked.kinds(asked)}
    told = Event(event=What.USERS_EXPORTED, actor=current_user.actor, detail=detail)
    records = (_record(row, whole=whole) for row in listing.each(asked))
    return downloads.download("users", Format.CSV, fields=FIELDS, records=records, told=told)


def _record(row: Any, *, whole: bool) -> list[Any]:
    phone = row.phone if whole or not row.phone else phones.mask(row.phone)
    return [row.username, row.email, phone, row.name, row.role, "yes" if row.suspended else "no", export.instant(row.created_at),
            export.instant(row.last_sign_in_at), row.phone_state]
