"""How does a list leave as a file? What its filters find, streamed, and written into the audit log."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from flask import Response, request, stream_with_context
from flask_login import current_user

from portal import audit
from portal.audit import Event, What, export
from portal.audit.export import Format
from portal.web.client import client


def filter_of(fields: Collection[str]) -> dict[str, Any]:
    """What of the present address is a filter, to be carried on to another."""
    return {name: value for name, value in request.args.items() if name in fields and value}


def log(
    name: str, format_: Format, *, fields: Sequence[str], records: Iterable[Sequence[Any]], detail: dict[str, Any],
) -> Response:
    """A log as a file of its name."""
    told = Event(event=What.LOG_EXPORTED, actor=current_user.actor, detail={"log": name, "format": format_.value} | detail)
    return download(name, format_, fields=fields, records=records, told=told)


def download(name: str, format_: Format, *, fields: Sequence[str], records: Iterable[Sequence[Any]], told: Event) -> Response:
    """A file of that name. That it was asked for is on record before its first line leaves, and afterwards how far it came."""
    audit.note(client(), replace(told, outcome="begun"))
    answer = Response(stream_with_context(_sent(fields, records, format_, told)), content_type=export.MEDIA_TYPE[format_])
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.{format_.value}"'
    return answer


def _sent(fields: Sequence[str], records: Iterable[Sequence[Any]], format_: Format, told: Event) -> Iterator[str]:
    counted = _Counted(records)
    try:
        yield from export.lines(fields, counted, format_)
    finally:
        audit.note(client(), replace(told, detail=told.detail | {"rows": counted.number}))


class _Counted:
    """Records, and how many of them were taken."""

    def __init__(self, records: Iterable[Sequence[Any]]) -> None:
        self.records, self.number = records, 0

    def __iter__(self) -> Iterator[Sequence[Any]]:
        for record in self.records:
            self.number += 1
            yield record
