"""`flask portal …`: the commands, one module per noun."""

from __future__ import annotations

from flask import Flask
from flask.cli import AppGroup

from portal.cli import (
    application,
    audit,
    cleanup,
    doctor,
    gateway,
    inbox,
    message,
    mfa,
    sender,
    source,
    user,
    user_import,
    welcome,
)
from portal.cli.migrations import Migrations


def init_app(app: Flask) -> None:
    """Add the commands."""
    group = AppGroup("portal", help="Look after the portal.")
    for part in (user_import.import_users, user_import.work_off):
        user.group.add_command(part)
    parts = (user.group, application.group, source.group, gateway.group, mfa.mfa, audit.group, inbox.inbox, message.group,
             doctor.doctor, sender.sender, cleanup.cleanup, welcome.welcome)
    for part in parts:
        group.add_command(part)
    app.cli.add_command(group)
    app.cli.add_command(Migrations("db", help="Bring the database to a newer or an older schema."))
