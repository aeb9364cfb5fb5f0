"""How does a command answer? In words, or as JSON where a program reads; and how does it say that it failed?"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any

import click

json_option = click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")


def tell(value: Any, as_json: bool, *, words: Callable[[Any], str]) -> None:
    """Print a value as JSON or in words."""
    click.echo(json.dumps(value, ensure_ascii=False, default=str) if as_json else words(value))


def fail(sentence: str) -> click.ClickException:
    """An error for the person at the terminal: the sentence on standard error, exit status 1."""
    return click.ClickException(sentence)


def secret_line(what: str = "password") -> str:
    """One line of standard input: secrets are never arguments, which every process on the machine can read."""
    line = sys.stdin.readline().rstrip("\r\n")
    if not line:
        raise fail(f"The {what} is expected as one line on standard input.")
    return line
