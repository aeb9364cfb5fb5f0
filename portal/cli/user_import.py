"""`flask portal user import`: a file of users from a terminal, checked first; and the command that works an import off."""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path
from typing import Any, TextIO

import click
from flask.cli import with_appcontext

from portal.audit import export
from portal.audit.export import Format
from portal.cli import import_words
from portal.cli.answer import fail, json_option, tell
from portal.imports import deciding, encodings, faults, intake, register
from portal.imports.faults import FileRefused
from portal.imports.intake import Sent
from portal.imports.records import SEPARATORS
from portal.imports.work import Progress, Stage, work
from portal.models import ImportState
from portal.trace import COMMAND, COMMAND_ACTOR

_SHOWN = 50
_SEPARATORS = dict(zip(("comma", "semicolon", "tab"), SEPARATORS, strict=True))
_ENCODINGS = dict(zip(("utf-8", "utf-16", "windows-1252", "gb18030"), encodings.OFFERED, strict=True))
_WORDS = {Stage.READING: "read", Stage.MATCHING: "compared with the user pool", Stage.WRITING: "written"}


@click.command("import")
@with_appcontext
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Check only.")
@click.option("--valid-only", is_flag=True, help="Import the rows that have no fault; without it, all rows or none.")
@click.option("--faulty", type=click.File("w", encoding="utf-8"), help="Write the faulty rows there, each with its faults.")
@click.option("--encoding", type=click.Choice(list(_ENCODINGS)), help="Needed only where it is not certain.")
@click.option("--separator", type=click.Choice(list(_SEPARATORS)), help="Found by the first line, if not given.")
@json_option
def import_users(*, file: Path, faulty: TextIO | None, as_json: bool, **how: Any) -> None:
    """Create and update users from a CSV file with the columns username, email, phone, name and suspended.

    A row whose username, email or phone somebody has updates that user; an empty cell changes nothing. Exit status 1 when
    rows are faulty and nothing was imported.
    """
    checked = _worked_off(_added(file, _ENCODINGS.get(how["encoding"]), _SEPARATORS.get(how["separator"])))
    rows = register.faulty(checked.id, limit=_SHOWN)
    if faulty is not None and checked.faulty:
        _write_faulty(checked, faulty)
    over = _decided(checked, dry_run=how["dry_run"], valid_only=how["valid_only"])
    told = _told(over, [{"line": row.line, "faults": _faults(row)} for row in rows])
    tell(told, as_json, words=lambda _: _words(told))
    if over.faulty and over.state is not ImportState.DONE:
        sys.exit(1)


@click.command("work-off-import", hidden=True)
@with_appcontext
@click.argument("import_id", type=int)
@click.option("--parent", type=int, help="Stop when the process of this id is gone.")
def work_off(*, import_id: int, parent: int | None) -> None:
    """Check or write an import as far as nobody has to decide. The sender runs this.

    SIGTERM ends it after the batch under way: an exit amid a statement could keep the import from being let go.
    """
    told_to_stop = threading.Event()

    def go_on(_progress: Progress) -> None:
        if told_to_stop.is_set() or (parent is not None and os.getppid() != parent):
            sys.exit(1)

    if parent is not None:
        signal.signal(signal.SIGTERM, lambda _number, _frame: told_to_stop.set())
    work(import_id, go_on)


def _added(path: Path, encoding: str | None, separator: str | None) -> int:
    try:
        with path.open("rb") as file:
            sent = Sent(file=file, name=path.name, encoding=encoding, separator=separator)
            import_id = intake.add(sent, COMMAND, actor=COMMAND_ACTOR)
    except FileRefused as refused:
        raise fail(f"{path.name} cannot be read: {import_words.refused(refused)}.") from None
    found = register.find(import_id)
    if found is None or found.state is ImportState.ASKING:
        deciding.discard(import_id)
        raise fail(f"Several encodings fit {path.name}: say which it is with --encoding, one of {', '.join(_ENCODINGS)}.")
    return import_id


def _worked_off(import_id: int) -> Any:
    work(import_id, _say)
    return register.find(import_id)


def _say(progress: Progress) -> None:
    if sys.stderr.isatty() or progress.done == progress.of:
        click.echo(f"\r{progress.done} of {progress.of} rows {_WORDS[progress.stage]}", err=True, nl=progress.done == progress.of)


def _decided(checked: Any, *, dry_run: bool, valid_only: bool) -> Any:
    if not dry_run and deciding.apply(checked.id, COMMAND, actor=COMMAND_ACTOR, valid_only=valid_only):
        return _worked_off(checked.id)
    deciding.discard(checked.id)
    return register.find(checked.id)


def _faults(row: Any) -> list[str]:
    return [import_words.fault(each) for each in faults.read(row.faults)]


def _told(found: Any, faulty: list[Any]) -> dict[str, Any]:
    return {
        "id": found.id, "imported": found.state is ImportState.DONE, "state": found.state.value, "rows": found.rows,
        "created": found.creates, "updated": found.updates, "unchanged": found.unchanged, "faulty": found.faulty,
        "left_out": found.left_out, "faults": faulty,
    }


def _words(told: dict[str, Any]) -> str:
    lines = [f"line {row['line']}: {'; '.join(row['faults'])}" for row in told["faults"]]
    lines += [f"… and {told['faulty'] - _SHOWN} more" if told["faulty"] > _SHOWN else ""]
    lines += [f"Columns left out: {', '.join(told['left_out'])}" if told["left_out"] else ""]
    said = "Imported" if told["imported"] else "Checked, nothing imported"
    lines += [f"{said}: {told['created']} created, {told['updated']} updated, {told['unchanged']} unchanged, "
              f"{told['faulty']} faulty."]
    return "\n".join(line for line in lines if line)


def _write_faulty(found: Any, file: TextIO) -> None:
    fields = [export.cell(name) for name in (*register.first_line(found), "fault")]
    records = ([*cells, "; ".join(_faults(row))] for cells, row in register.faulty_records(found))
    file.writelines(export.lines(fields, records, Format.CSV))
