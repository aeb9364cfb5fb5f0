"""`flask portal audit export`: entries of the audit log on standard output, by the filters of its page."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import click
from flask.cli import with_appcontext

from portal import audit
from portal.accounts import users
from portal.accounts.users import NoSuchUser
from portal.applications import register
from portal.applications.register import NoSuchApplication
from portal.audit import Event, What, log
from portal.audit import export as files
from portal.audit.export import Format
from portal.audit.filters import Filter, Result, told
from portal.cli.answer import fail
from portal.database import reading
from portal.extensions import settings
from portal.trace import COMMAND, COMMAND_ACTOR

_DAY = click.DateTime(["%Y-%m-%d"])
_SECONDS = 86_400


@click.command("export")
@click.option("--format", "format_", type=click.Choice([each.value for each in Format]), default=Format.CSV.value)
@click.option("--from", "since", type=_DAY, help="The first day, in UTC.")
@click.option("--to", "until", type=_DAY, help="The last day, in UTC.")
@click.option("--event", type=click.Choice([what.value for what in What]))
@click.option("--user", "person", metavar="IDENTIFIER", help="Who did it or to whom it was done; #7 is the user of that number.")
@click.option("--application", metavar="NAME", help="The application's name or client id; #7 is the one of that number.")
@click.option("--result", type=click.Choice([each.value for each in Result]), help="What went well, or was refused or failed.")
@click.option("--outcome", help="One outcome, as it is written.")
@with_appcontext
def export(*, format_: str, **asked: Any) -> None:
    """Write the entries that are wanted to standard output, newest first. That this was done is written into the log."""
    wanted = _filter(**asked)
    detail: dict[str, Any] = {"log": "audit-log", "format": format_, "filter": told(wanted)}
    audit.note(COMMAND, Event(event=What.LOG_EXPORTED, outcome="begun", actor=COMMAND_ACTOR, detail=detail))
    for text in files.lines(files.FIELDS, files.entries(log.each(wanted)), Format(format_)):
        click.echo(text, nl=False)


def _filter(*, since: datetime | None, until: datetime | None, result: str | None, **asked: Any) -> Filter:
    asked |= {"person": _person(asked["person"]), "application": _application(asked["application"])}
    return Filter(since=_instant(since), until=_instant(until, _SECONDS), result=Result(result) if result else None, **asked)


def _instant(day: datetime | None, more: float = 0.0) -> float | None:
    return day.replace(tzinfo=UTC).timestamp() + more if day else None


def _number(typed: str) -> int | None:
    return int(typed[1:]) if typed.startswith("#") and typed[1:].isdecimal() and len(typed) < 20 else None  # noqa: PLR2004


def _person(typed: str | None) -> int | None:
    if typed is None or (number := _number(typed)) is not None:
        return number if typed else None
    try:
        with reading() as connection:
            return users.find_id(connection, typed, settings().portal_home_country)
    except NoSuchUser:
        raise fail(f"There is no user {typed}.") from None


def _application(typed: str | None) -> int | None:
    if typed is None or (number := _number(typed)) is not None:
        return number if typed else None
    try:
        return register.find(typed).id
    except NoSuchApplication:
        raise fail(f"There is no application {typed}.") from None
