"""*Export CSV*: the users of the list as a file that the import reads back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from flask import Blueprint, Response, request, stream_with_context
from flask_login import current_user

from portal import audit
from portal.accounts import listing, phones
from portal.audit import Event, What, export
from portal.audit.export import Format
from portal.web.admin import users_asked
from portal.web.admission import readers
from portal.web.client import client

blueprint = Blueprint("users_export", __name__)
FIELDS = ("username", "email", "phone", "name", "role", "suspended", "created_at", "last_sign_in_at", "phone_state")


@blueprint.get("/admin/users/export.csv")
@readers
def download() -> Response:
    """UTF-8 without a byte order mark, with a line of names first. Whole numbers are for administrators only."""
    asked = users_asked.asked(request.args)
    whole = bool(current_user.is_administrator)
    told = {"numbers": "whole" if whole else "masked", **users_asked.kinds(asked)}
    _note("begun", told)
    answer = Response(stream_with_context(_sent(listing.each(asked), told, whole=whole)), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = 'attachment; filename="users.csv"'
    return answer


def _sent(rows: Iterable[Any], told: dict[str, Any], *, whole: bool) -> Iterator[str]:
    """The file in portions; how far it came is on record afterwards, whether or not it came to its end."""
    count = 0

    def records() -> Iterator[list[Any]]:
        nonlocal count
        for row in rows:
            count += 1
            yield _record(row, whole=whole)

    try:
        yield from export.lines(FIELDS, records(), Format.CSV)
    finally:
        _note("ok", told | {"rows": count})


def _record(row: Any, *, whole: bool) -> list[Any]:
    phone = row.phone if whole or not row.phone else phones.mask(row.phone)
    return [row.username, row.email, phone, row.name, row.role, "yes" if row.suspended else "no", export.instant(row.created_at),
            export.instant(row.last_sign_in_at), row.phone_state]


def _note(outcome: str, detail: dict[str, Any]) -> None:
    audit.note(client(), Event(event=What.USERS_EXPORTED, outcome=outcome, actor=current_user.actor, detail=detail))
