"""`flask db …`: Flask-Migrate's commands, imported only when one is asked for; a web worker is spared 11 MB."""

from __future__ import annotations

from typing import Any, cast

import click
from flask.cli import ScriptInfo

from config import HERE
from portal.extensions import db


class Migrations(click.Group):
    """Flask-Migrate's group of commands, which binds itself to the application at its first use."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Their names."""
        return list(self._commands(ctx).list_commands(ctx))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name."""
        return cast(click.Command | None, self._commands(ctx).get_command(ctx, cmd_name))

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command as Flask-Migrate's own group would, with no directory but ours."""
        ctx.invoke(self._commands(ctx).callback, directory=None, x_arg=())
        return super().invoke(ctx)

    def _commands(self, ctx: click.Context) -> Any:
        from flask_migrate import Migrate
        from flask_migrate.cli import db as commands

        app = ctx.ensure_object(ScriptInfo).load_app()
        if "migrate" not in app.extensions:
            Migrate(app, db, directory=str(HERE / "migrations"))
        return commands
