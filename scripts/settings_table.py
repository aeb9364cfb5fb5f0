"""Does docs/settings.md say what config.py does? Writes the table, or with `--check` exits 1 when it is out of date."""

from __future__ import annotations

import dataclasses
import sys
from pathlib import Path
from typing import Any

from marshmallow.validate import Range

from config import Settings, variable

PATH = Path(__file__).resolve().parent.parent / "docs" / "settings.md"
HEAD = """\
# Settings

Every setting is an environment variable, read and checked once at start by `config.py`. An empty variable counts as not set.
All faults are reported together; `flask portal doctor` lists them as well. `make run` sets `PORTAL_ENV=development` and
writes a `PORTAL_SECRET` once.

This table is made from `config.py` by `python -m scripts.settings_table`: change it there.

| variable | default | what it is |
|---|---|---|
"""


def table() -> str:
    """The whole text of docs/settings.md."""
    return HEAD + "".join(_line(field) for field in dataclasses.fields(Settings))


def _line(field: dataclasses.Field[Any]) -> str:
    about = field.metadata["about"] + _bounds(field.metadata["check"])
    return f"| `{variable(field)}` | {_default(field)} | {about} |\n".replace(" |  | ", " | none | ")


def _default(field: dataclasses.Field[Any]) -> str:
    return str(field.metadata["shown"]) or (f"`{field.default}`" if field.default not in ("", ()) else "none")


def _bounds(check: Any) -> str:
    if not isinstance(check, Range):
        return ""
    return f" ({check.min} to {check.max})" if check.max is not None else f" (at least {check.min})"


def main(arguments: list[str]) -> int:
    """Write the file or compare it. The exit status: 0, or 1 when it is out of date."""
    if "--check" not in arguments:
        PATH.write_text(table(), encoding="utf-8")
        return 0
    if PATH.is_file() and PATH.read_text(encoding="utf-8") == table():
        return 0
    print("docs/settings.md is out of date: .venv/bin/python -m scripts.settings_table")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
