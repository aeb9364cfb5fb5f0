"""`flask portal welcome`: where is everything, and how does the first administrator get in?"""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from portal.extensions import settings
from portal.signin import first_administrator


@click.command("welcome")
@with_appcontext
def welcome() -> None:
    """Print where to sign in and, while there is no administrator, a one-time link for creating the first."""
    url = settings().portal_url
    token = first_administrator.issue()
    lines = [f"{settings().portal_name}", f"  Log in          {url}/login"]
    if settings().portal_gateway == "inbox":
        lines.append(f"  Text messages   {url}/inbox")
    if token:
        lines.append(f"  First administrator, one-time link, good for 24 hours:\n    {url}/first-administrator/{token}")
    click.echo("\n".join(lines))
