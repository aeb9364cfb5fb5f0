"""Do old entries leave the database whole, in order, into a file that can be checked, whenever the command is killed?"""

from __future__ import annotations

import csv
import io
import json
import os
import stat
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from portal import clock
from portal.audit import What, archive, archive_file
from portal.trace import COMMAND_ACTOR
from tests import people
from tests.people import Later, MakeUser, command, does, rows, told
from tests.test_seals import findings, seal, tampers, writes

later = people.later
DAY = 86_400


class Killed(Exception):
    """Stands for a process that ends here."""


@pytest.fixture
def log(app: Flask, later: Later) -> Flask:
    """Three seals over four entries each, a day apart, and an entry of today."""
    for _ in range(3):
        writes(app, 4)
        later(6)
        assert seal(app) == 4
        later(DAY)
    writes(app)
    return app


def today(days: float = 0) -> str:
    return datetime.fromtimestamp(clock.now() + days * DAY, UTC).strftime("%Y-%m-%d")


def archives(app: Flask, file: Path, before: str = "") -> tuple[int, int]:
    """How many seals and entries were moved."""
    answer = told(app, "audit", "archive", "--before", before or today(), "--to", str(file))
    return answer["seals"], answer["entries"]


def left(app: Flask) -> list[int]:
    return [row.id for row in rows(app, "SELECT id FROM audit_entry WHERE event = 'mfa reset' ORDER BY id")]


def check_file(app: Flask, file: Path, *more: str) -> list[tuple[Any, ...]]:
    return findings(app, "--file", str(file), *more)


def test_whole_seals_move_oldest_first_and_both_sides_stay_sound(log: Flask, tmp_path: Path, both_databases: str) -> None:
    file = tmp_path / "audit.jsonl"
    assert archives(log, file, today(-2)) == (1, 4)
    assert left(log) == list(range(5, 14))
    assert archives(log, file) == (2, 8)
    assert left(log) == [13]
    assert findings(log) == []
    assert told(log, "audit", "verify")["archived"] == 12
    assert check_file(log, file) == []
    checked = told(log, "audit", "verify", "--file", str(file))
    assert (checked["seals"], checked["entries"]) == (3, 12)
    assert archives(log, file) == (0, 0)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_what_is_not_sealed_or_not_older_stays(log: Flask, tmp_path: Path) -> None:
    assert archives(log, tmp_path / "a.jsonl", "2001-01-01") == (0, 0)
    assert not (tmp_path / "a.jsonl").exists()
    assert archives(log, tmp_path / "a.jsonl", today(2)) == (3, 12)
    assert left(log) == [13]


def test_ids_go_on_after_everything_was_archived(log: Flask, later: Later, tmp_path: Path, both_databases: str) -> None:
    later(6)
    seal(log)
    archives(log, tmp_path / "a.jsonl", today(2))
    assert left(log) == []
    writes(log)
    assert min(left(log)) > 13
    later(6)
    seal(log)
    assert findings(log) == []


@pytest.mark.parametrize("step", ["before the file", "half a line", "in the file", "before the commit", "after one seal"])
def test_killed_at_any_step_it_goes_on_and_loses_nothing(
    log: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, both_databases: str, step: str,
) -> None:
    file = tmp_path / "audit.jsonl"
    with monkeypatch.context() as patched:
        kill_at(step, patched)
        with log.app_context(), pytest.raises(Killed):
            archive.archive(str(file), clock.now(), actor=COMMAND_ACTOR)
    lying = file.read_bytes().count(b'"event"') if file.exists() else 0
    assert lying + len(left(log)) >= 13
    assert findings(log) == []
    archives(log, file)
    assert left(log) == [13]
    assert findings(log) == []
    assert check_file(log, file) == []
    ids = [json.loads(line)["id"] for line in file.read_bytes().splitlines() if b'"event"' in line]
    assert ids == list(range(1, 13))


def kill_at(step: str, patched: pytest.MonkeyPatch) -> None:
    append, remove, times = archive_file.append, archive._remove, [0]

    def dies(*_given: Any, **_named: Any) -> None:
        raise Killed

    def half(file: Any, seal: Any, lines: Any) -> None:
        append(file, seal, lines)
        file.truncate(file.seek(0, os.SEEK_END) - 150)
        raise Killed

    def whole(file: Any, seal: Any, lines: Any) -> None:
        append(file, seal, lines)
        raise Killed

    def once(seal: Any) -> None:
        times[0] += 1
        remove(seal) if times[0] == 1 else dies()

    steps: dict[str, tuple[Any, str, Callable[..., None]]] = {
        "before the file": (archive_file, "append", dies), "half a line": (archive_file, "append", half),
        "in the file": (archive_file, "append", whole), "before the commit": (archive, "_remove", dies),
        "after one seal": (archive, "_remove", once),
    }
    patched.setattr(*steps[step])


@pytest.mark.parametrize(("spoil", "found"), [
    (lambda text: text.replace(b'"at":5', b'"at":6', 1) if b'"at":5' in text else text.replace(b"mfa reset", b"mfa resex", 1),
     "entries changed"),
    (lambda text: text[:-40], "file damaged"),
    (lambda text: b"\n".join(text.split(b"\n")[:3] + text.split(b"\n")[4:]), "entries changed"),
    (lambda text: b"\n".join(text.split(b"\n")[:6] + text.split(b"\n")[11:]), "seal missing"),
    (lambda text: text.replace(b'"entries":4', b'"entries":3', 1), "seal changed"),
])
def test_a_file_that_was_changed_is_found(
    log: Flask, tmp_path: Path, spoil: Callable[[bytes], bytes], found: str,
) -> None:
    file = tmp_path / "audit.jsonl"
    archives(log, file)
    text = file.read_bytes()
    assert spoil(text) != text
    file.write_bytes(spoil(text))
    assert found in [fault for fault, *_where in check_file(log, file)]
    assert found in [fault for fault, *_where in check_file(log, file, "--alone")]


def test_a_file_of_another_log_is_refused_and_found(
    log: Flask, tmp_path: Path, later: Later, make_user: MakeUser,
) -> None:
    file = tmp_path / "audit.jsonl"
    archives(log, file)
    tampers(log, "UPDATE audit_seal SET digest = x'00' WHERE id = 3")
    assert ("seal changed", 3, None, None) in check_file(log, file)
    assert check_file(log, file, "--alone") == []
    writes(log, 2)
    later(6)
    seal(log)
    refused = command(log, "audit", "archive", "--before", today(3), "--to", str(file))
    assert refused.exit_code == 1
    assert "another log" in refused.output


def test_a_file_that_is_none_is_refused(log: Flask, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("my notes\n", encoding="utf-8")
    refused = command(log, "audit", "archive", "--before", today(), "--to", str(tmp_path / "notes.txt"))
    assert (refused.exit_code, left(log)) == (1, list(range(1, 14)))
    assert (tmp_path / "notes.txt").read_text(encoding="utf-8") == "my notes\n"
    assert command(log, "audit", "verify", "--file", str(tmp_path / "notes.txt")).exit_code == 1
    assert command(log, "audit", "archive", "--before", today(), "--to", str(tmp_path / "none" / "a")).exit_code == 1


def test_a_seal_that_does_not_fit_is_not_archived(log: Flask, tmp_path: Path) -> None:
    tampers(log, "UPDATE audit_entry SET outcome = 'other' WHERE id = 6")
    refused = command(log, "audit", "archive", "--before", today(), "--to", str(tmp_path / "a"))
    assert refused.exit_code == 1
    assert "Seal 2 does not fit" in refused.output
    assert left(log) == list(range(5, 14))
    assert check_file(log, tmp_path / "a") == []


def test_cleaning_up_leaves_the_log_alone(log: Flask, later: Later) -> None:
    later(3_650 * DAY)
    does(log, "cleanup")
    assert left(log) == list(range(1, 14))


def test_an_export_goes_to_standard_output(app: Flask, make_user: MakeUser, both_databases: str) -> None:
    li_na = make_user(username="li.na")
    writes(app, 2, user_id=li_na)
    writes(app, event=What.CODE_REFUSED, outcome="wrong", user_id=li_na)
    found = list(csv.DictReader(io.StringIO(does(app, "audit", "export", "--user", "li.na", "--event", "mfa reset"))))
    assert [row["user_id"] for row in found] == [str(li_na)] * 2
    said = does(app, "audit", "export", "--format", "jsonl", "--result", "badly", "--from", today(-1), "--to", today(1))
    assert [json.loads(line)["event"] for line in said.splitlines()] == ["code refused"]
    assert does(app, "audit", "export", "--user", "#99", "--format", "jsonl") == ""
    assert command(app, "audit", "export", "--user", "nobody").exit_code == 1
    assert command(app, "audit", "export", "--application", "none").exit_code == 1
    assert len(rows(app, "SELECT 1 FROM audit_entry WHERE event = 'log exported'")) == 3
