"""`flask portal application …`: what relies on the portal, from a terminal."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import click
from flask.cli import AppGroup

from portal.applications import register, upkeep
from portal.applications.register import NoSuchApplication, Profile, Wanted
from portal.applications.upkeep import ApplicationRefused, Asked
from portal.cli.answer import fail, json_option, tell
from portal.trace import COMMAND, COMMAND_ACTOR

group = AppGroup("application", help="Create applications and look after them.")


@group.command("create")
@click.option("--name", required=True)
@click.option("--home-address", default="", help="Where people find it, such as https://crm.example/.")
@click.option("--colour", default="", help="Of its login pages, such as #14613a.")
@json_option
def create(*, as_json: bool, **asked: Any) -> None:
    """Create an application and say its client id."""
    try:
        application_id = upkeep.create(Asked(**asked), COMMAND, actor=COMMAND_ACTOR)
    except ApplicationRefused as refused:
        raise fail(f"Not created: {refused}.") from None
    told = _told(register.show(application_id))
    tell(told, as_json, words=lambda each: f"Created application {_line(each).strip()}")


@group.command("list")
@click.option("--search", default="", help="The beginning of a name.")
@json_option
def list_applications(*, search: str, as_json: bool) -> None:
    """List applications by name."""
    found = [_told(application) for application in register.every(Wanted(search))]
    nothing = "No application matches." if search else "No applications yet."
    tell(found, as_json, words=lambda all_: "\n".join(map(_line, all_)) or nothing)


@group.command("show")
@click.argument("application")
@json_option
def show(*, application: str, as_json: bool) -> None:
    """Show one application by its name or client id."""
    told = _told(_find(application))
    tell(told, as_json, words=lambda each: "\n".join(f"{name:16} {value}" for name, value in each.items()))


@group.command("delete")
@click.argument("application")
@click.option("--yes", is_flag=True, help="Do it: an application that is deleted does not come back.")
def delete(*, application: str, yes: bool) -> None:
    """Delete an application with rules of its own."""
    found = _find(application)
    if not yes:
        raise fail(f"Not deleted: add --yes to delete {found.name} with all that belongs to it.")
    upkeep.remove(found.id, COMMAND, actor=COMMAND_ACTOR)
    click.echo(f"Deleted {found.name}.")


def _find(application: str) -> Profile:
    try:
        return register.find(application)
    except NoSuchApplication:
        raise fail(f"There is no application {application}.") from None


def _told(application: Profile) -> dict[str, Any]:
    return {name: value for name, value in asdict(application).items() if name != "version"}


def _line(application: dict[str, Any]) -> str:
    marks = "own rules" if application["customises"] else ""
    return f"{application['client_id']:26}{application['name']}  {application['home_address'] or ''}  {marks}".rstrip()
