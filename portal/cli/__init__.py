"""`flask portal …`: the commands, one module per noun."""

from __future__ import annotations

import sys

from flask import Flask
from flask.cli import AppGroup

from config import HERE
from portal.cli import cleanup, doctor, inbox, message, mfa, sender, user, welcome
from portal.extensions import db


def init_app(app: Flask) -> None:
    """Add the commands, and the migrations' settings where a command line runs."""
    group = AppGroup("portal", help="Look after the portal.")
    for part in (user.group, mfa.mfa, inbox.inbox, message.group, doctor.doctor, sender.sender, cleanup.cleanup, welcome.welcome):
        group.add_command(part)
    app.cli.add_command(group)
    # The flask command has imported Flask-Migrate by now, as a plug-in; a web worker never does, which spares it 11 MB.
    if "flask_migrate" in sys.modules:
        from flask_migrate import Migrate

        Migrate(app, db, directory=str(HERE / "migrations"))
