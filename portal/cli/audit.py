"""`flask portal audit …`: check, export and archive the audit log."""

from __future__ import annotations

import re
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup

from portal.audit import archive as archives
from portal.audit.archive import ArchiveRefused
from portal.audit.archive_file import NotAnArchive
from portal.audit.findings import Finding, Report
from portal.audit.verify import verify as check
from portal.audit.verify_file import verify_file
from portal.cli.answer import fail, json_option, tell
from portal.cli.audit_export import export
from portal.trace import COMMAND_ACTOR

group = AppGroup("audit", help="Check, export and archive the audit log.")
group.add_command(export)
_NAMED = 20
_HEAD = re.compile(r"^(\d{1,18}):([0-9a-fA-F]{64})$")


def _heads(_context: click.Context, _option: click.Parameter, given: tuple[str, ...]) -> dict[int, str]:
    """SEAL:DIGEST, as `verify` prints it, by the seal's number."""
    found = [_HEAD.match(each) for each in given]
    if not all(found):
        raise click.BadParameter("write SEAL:DIGEST as `audit verify` prints it")
    return {int(each[1]): each[2].lower() for each in found if each}


@group.command("verify")
@click.option("--file", "path", type=click.Path(exists=True, dir_okay=False), help="Check an archive instead.")
@click.option("--alone", is_flag=True, help="Check that archive without comparing it with the database.")
@click.option("--head", "heads", multiple=True, callback=_heads, metavar="SEAL:DIGEST",
              help="A seal that an earlier check printed; it must still be there.")
@json_option
def verify(*, path: str | None, alone: bool, heads: dict[int, str], as_json: bool) -> None:
    """Say whether sealed entries were changed, deleted or inserted, and which are not sealed yet. Exit status 1 if they were."""
    try:
        report = _check_file(path, alone=alone) if path else check(heads)
    except NotAnArchive:
        raise fail("That file is no archive of an audit log.") from None
    tell(_told(report), as_json, words=lambda _told: _words(report))
    if not report.sound:
        sys.exit(1)


def _check_file(path: str, *, alone: bool) -> Report:
    with Path(path).open("rb") as file:
        return verify_file(file, alone=alone)


def _told(report: Report) -> dict[str, Any]:
    number, first, last = report.unsealed
    return {
        "sound": report.sound, "seals": report.seals, "entries": report.entries, "archived": report.archived,
        "unsealed": {"entries": number, "first": first, "last": last},
        "unverified_seals": report.unverified, "sealed_late": report.late,
        "head": f"{report.head[0]}:{report.head[1]}" if report.head else None, "faults": report.faults,
        "findings": [{"fault": each.fault.value, "seal": each.seal, "first": each.first, "last": each.last}
                     for each in report.findings],
    }


def _words(report: Report) -> str:
    number, first, last = report.unsealed
    lines = [_finding(each) for each in report.findings[:_NAMED]]
    lines += [f"… and {report.faults - _NAMED} more" if report.faults > _NAMED else ""]
    lines += [f"{'Sound' if report.sound else 'TAMPERED WITH'}: {report.seals} seals over {report.entries} entries here"
              f"{f' and {report.archived} archived ones' if report.archived else ''}."]
    lines += [f"Not sealed yet: {number} entries, {first} to {last}." if number else ""]
    lines += [f"{report.unverified} seals were made with a secret that is gone; only their chain was checked."
              if report.unverified else ""]
    lines += [f"{report.late} entries were sealed more than a day after they were written." if report.late else ""]
    lines += [f"Head: {report.head[0]}:{report.head[1]}" if report.head else "There is no seal yet."]
    return "\n".join(each for each in lines if each)


def _finding(found: Finding) -> str:
    where = [f"seal {found.seal}"] if found.seal is not None else []
    where += [f"entries {found.first} to {found.last}"] if found.first is not None else []
    return f"{', '.join(where) or 'the file'}: {found.fault.value}"


@group.command("archive")
@click.option("--before", type=click.DateTime(["%Y-%m-%d"]), required=True, help="Entries of earlier days, in UTC.")
@click.option("--to", "path", type=click.Path(dir_okay=False, writable=True), required=True,
              help="The file; one that an earlier call made is gone on with.")
@json_option
def archive(*, before: datetime, path: str, as_json: bool) -> None:
    """Move sealed entries that are older into a file, oldest first. Their seals stay. Killed, it goes on when called again."""
    try:
        moved = archives.archive(path, before.replace(tzinfo=UTC).timestamp(), actor=COMMAND_ACTOR)
    except ArchiveRefused as refused:
        raise fail(str(refused)) from None
    told = {"seals": moved.seals, "entries": moved.entries, "file": path}
    tell(told, as_json, words=lambda _told: f"{moved.entries} entries under {moved.seals} seals moved to {path}.")
