"""Does `flask portal user import` do the same from a terminal?"""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from tests.importing import lines, user, usernames
from tests.people import MakeUser, command, does, events, rows, told


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "users.csv"


def written(path: Path, content: str | bytes) -> str:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return str(path)


@pytest.mark.usefixtures("both_databases")
def test_a_whole_file_is_imported(app: Flask, path: Path, make_user: MakeUser) -> None:
    make_user(username="bob")
    answer = told(app, "user", "import", written(path, lines("ada,,,Ada,", "bob,,,Bob,yes")))
    assert (answer["imported"], answer["created"], answer["updated"], answer["faulty"]) == (True, 1, 1, 0)
    assert (user(app, "ada").name, user(app, "bob").suspended) == ("Ada", True)
    assert events(app, actor="command")[-1] == ("users imported", "ok")


@pytest.mark.usefixtures("both_databases")
def test_with_a_fault_nothing_is_imported_and_the_lines_are_said(app: Flask, path: Path) -> None:
    refused = command(app, "user", "import", written(path, lines("ada,,,,", "bob,,12,,", "ada,,,,")))
    assert refused.exit_code == 1
    for words in ("line 2: the same username stands in line 4", "line 3: that is not a whole phone number",
                  "Checked, nothing imported: 0 created, 0 updated, 0 unchanged, 3 faulty."):
        assert words in refused.output.replace("\r", "\n")
    assert usernames(app) == []
    assert [row.state for row in rows(app, "SELECT state FROM user_import")] == ["discarded"]
    assert rows(app, "SELECT * FROM user_import_row") == []


@pytest.mark.usefixtures("both_databases")
def test_valid_rows_are_imported_and_the_others_written_to_a_file(app: Flask, path: Path, tmp_path: Path) -> None:
    faulty = tmp_path / "faulty.csv"
    file = written(path, lines("ada,,,,", "bob,,12,=1,"))
    said = does(app, "user", "import", file, "--valid-only", "--faulty", str(faulty))
    assert "Imported: 1 created, 0 updated, 0 unchanged, 1 faulty." in said
    assert usernames(app) == ["ada"]
    assert faulty.read_text().splitlines() == [
        "username,email,phone,name,suspended,fault", "bob,,12,'=1,,that is not a whole phone number; write it as +49…"]


def test_a_dry_run_changes_nothing(app: Flask, path: Path) -> None:
    file = written(path, lines("ada,,,,"))
    assert "nothing imported: 1 created" in does(app, "user", "import", file, "--dry-run")
    assert usernames(app) == []
    assert command(app, "user", "import", written(path, lines("x,,,,")), "--dry-run").exit_code == 1


def test_what_cannot_be_read_is_said(app: Flask, path: Path) -> None:
    for content, words in ((b"", "there is nothing in it"), (b"name\nAda\n", "must name the columns"),
                           (b'username\n"a\n', "begins in line 2"), (b"username,user name\na,b\n", "two columns are username")):
        refused = command(app, "user", "import", written(path, content))
        assert refused.exit_code == 1
        assert words in refused.output
    assert command(app, "user", "import", str(path) + ".none").exit_code == 2


def test_an_encoding_that_is_not_certain_is_asked_for(app: Flask, path: Path) -> None:
    file = written(path, lines("ada,,,Käthe,").encode("cp1252"))
    asked = command(app, "user", "import", file)
    assert asked.exit_code == 1
    assert "--encoding, one of utf-8, utf-16, windows-1252, gb18030" in asked.output
    does(app, "user", "import", file, "--encoding", "windows-1252")
    assert user(app, "ada").name == "Käthe"


def test_a_file_without_changes_is_no_failure(app: Flask, path: Path) -> None:
    file = written(path, lines("ada,,,,"))
    does(app, "user", "import", file)
    assert "0 created, 0 updated, 1 unchanged, 0 faulty" in does(app, "user", "import", file)


def test_progress_is_told_beside_the_answer(app: Flask, path: Path) -> None:
    result = command(app, "user", "import", written(path, lines("ada,,,,")), "--json")
    assert "1 of 1 rows read" in result.stderr
    assert "1 of 1 rows written" in result.stderr
    assert result.stdout.startswith("{")
