"""`flask portal inbox`: the text messages of the development gateway."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import click
from flask.cli import with_appcontext

from portal.cli.answer import fail, json_option, tell
from portal.cli.phone import number
from portal.extensions import settings
from portal.messages.gateways import inbox as gateway


@click.command("inbox")
@click.option("--to", help="Only messages to this number.")
@click.option("--latest", is_flag=True, help="Only the newest message.")
@json_option
@with_appcontext
def inbox(*, to: str | None, latest: bool, as_json: bool) -> None:
    """Print text messages, newest first. Fails when there is none."""
    if settings().production:
        raise fail("The inbox exists in development only.")
    found = [asdict(message) for message in gateway.messages(limit=1 if latest else 50, to=number(to) if to else None)]
    if not found:
        raise fail("No text messages yet.")
    tell(found[0] if latest else found, as_json, words=lambda told: _words(told if isinstance(told, list) else [told]))


def _words(messages: list[dict[str, Any]]) -> str:
    return "\n\n".join(f"{message['to']}\n{message['text']}" for message in messages)
