"""`flask portal sender`: a sender process."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from portal.messages import sender as messages_sender


@click.command("sender")
@click.option("--parent", type=int, help="Stop when the process of this id is gone.")
@with_appcontext
def sender(*, parent: int | None) -> None:
    """Hand waiting messages to the gateway until stopped."""
    messages_sender.run(parent=parent)
