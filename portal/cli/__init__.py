"""`flask portal …`: the commands, one module per noun."""

from __future__ import annotations

from flask import Flask
from flask.cli import AppGroup

from portal.cli import cleanup, doctor, inbox, message, mfa, sender, user, welcome
from portal.cli.migrations import Migrations


def init_app(app: Flask) -> None:
    """Add the commands."""
    group = AppGroup("portal", help="Look after the portal.")
    for part in (user.group, mfa.mfa, inbox.inbox, message.group, doctor.doctor, sender.sender, cleanup.cleanup, welcome.welcome):
        group.add_command(part)
    app.cli.add_command(group)
    app.cli.add_command(Migrations("db", help="Bring the database to a newer or an older schema."))
