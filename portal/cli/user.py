"""`flask portal user …`: the user pool from a terminal."""

from __future__ import annotations

from typing import Any

import click
from flask.cli import AppGroup

from portal import clock
from portal.accounts import credentials, strength, users
from portal.accounts.users import NewUser, NoSuchUser, UserRefused
from portal.cli.answer import fail, json_option, secret_line, tell
from portal.database import reading, writing
from portal.extensions import settings
from portal.models import Role
from portal.signin import oversight
from portal.signin.oversight import Barred, LastAdministrator
from portal.sources import identities
from portal.trace import COMMAND, COMMAND_ACTOR

group = AppGroup("user", help="Create users and look after them.")
_ONE_IS_LEFT = "that is the last active administrator. Make somebody else one first: `user role IDENTIFIER administrator`."
stdin_option = click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")


@group.command("create")
@click.option("--username")
@click.option("--email")
@click.option("--phone", help="In E.164, such as +4915112345678, or in the home country's spelling. Bound, not proven.")
@click.option("--name")
@click.option("--admin", is_flag=True, help="An administrator.")
@stdin_option
@json_option
def create(*, password_stdin: bool, admin: bool, as_json: bool, **identifiers: str | None) -> None:
    """Create a user."""
    password = secret_line() if password_stdin else None
    if password is not None:
        _refuse_weak(password, [value for value in identifiers.values() if value])
    new = NewUser(**identifiers, password_hash=credentials.hashed(password) if password else None,
                  password_must_change=False, role=Role.ADMINISTRATOR if admin else None)
    try:
        with writing() as connection:
            user_id = users.create(connection, COMMAND, new, actor=COMMAND_ACTOR, home=settings().portal_home_country)
    except UserRefused as refused:
        raise fail(f"Not created: {refused}.") from None
    tell(_told(users.show(user_id)), as_json, words=lambda user: f"Created user {_line(user).strip()}")
    if password is None:
        click.echo("Without a password nobody can log in: give one with `user set-password`.", err=True)


def _refuse_weak(password: str, about: list[str]) -> None:
    """Production holds administrators to the rule of the pages; in development any password that is none too short will do."""
    fault = strength.fault(password, about=about) if settings().production else None
    if fault:
        raise fail(f"That password is {fault}.")


@group.command("list")
@click.option("--after", default=0, help="Go on behind this id.")
@click.option("--limit", default=50, type=click.IntRange(1, 1000))
@json_option
def list_users(*, after: int, limit: int, as_json: bool) -> None:
    """List users in the order of their ids."""
    found = [_told(row) for row in users.page(after=after, limit=limit)]
    tell(found, as_json, words=lambda rows: "\n".join(_line(row) for row in rows) or "No users yet.")


@group.command("show")
@click.argument("identifier")
@json_option
def show(*, identifier: str, as_json: bool) -> None:
    """Show one user by username, email or phone."""
    user_id = _find(identifier)
    linked = [f"{each.kind}:{each.name} {each.called}" for each in identities.linked(user_id)]
    told = _told(users.show(user_id)) | {"linked": linked}
    tell(told, as_json, words=lambda user: "\n".join(f"{name:16} {value}" for name, value in user.items()))


@group.command("suspend")
@click.argument("identifier")
def suspend(*, identifier: str) -> None:
    """Let a user in no more, and end all sign-ins of theirs."""
    try:
        oversight.suspend(_find(identifier), COMMAND, actor=COMMAND_ACTOR)
    except LastAdministrator:
        raise fail(f"Not suspended: {_ONE_IS_LEFT}") from None
    click.echo("Suspended; all sign-ins have ended.")


@group.command("resume")
@click.argument("identifier")
def resume(*, identifier: str) -> None:
    """Let a suspended user in again."""
    oversight.resume(_find(identifier), COMMAND, actor=COMMAND_ACTOR)
    click.echo("Resumed.")


@group.command("unlock")
@click.argument("identifier")
def unlock(*, identifier: str) -> None:
    """Lift the lock of a user's SMS step and forget the wrong codes."""
    oversight.unlock(_find(identifier), COMMAND, actor=COMMAND_ACTOR, actor_role=Role.ADMINISTRATOR)
    click.echo("Unlocked.")


@group.command("reset-mfa")
@click.argument("identifier")
def reset_mfa(*, identifier: str) -> None:
    """Take a user's phone away, so that they bind one anew."""
    barred = oversight.reset_mfa(_find(identifier), COMMAND, actor=COMMAND_ACTOR, actor_role=Role.ADMINISTRATOR)
    if barred is Barred.LAST_IDENTIFIER:
        raise fail("Not reset: that user has no username and no email, and logs in with the number alone.")
    click.echo("Reset; the user binds a number at the next login.")


@group.command("role")
@click.argument("identifier")
@click.argument("role", type=click.Choice([*(role.value for role in Role), "none"]))
def role(*, identifier: str, role: str) -> None:
    """Give a user a role in the console, or none; what is taken away ends their sign-ins."""
    try:
        oversight.set_role(_find(identifier), None if role == "none" else Role(role), COMMAND, actor=COMMAND_ACTOR)
    except LastAdministrator:
        raise fail(f"Not changed: {_ONE_IS_LEFT}") from None
    click.echo(f"Role: {role}.")


@group.command("delete")
@click.argument("identifier")
def delete(*, identifier: str) -> None:
    """Delete a user with all sign-ins."""
    try:
        oversight.remove(_find(identifier), COMMAND, actor=COMMAND_ACTOR)
    except LastAdministrator:
        raise fail(f"Not deleted: {_ONE_IS_LEFT}") from None
    click.echo("Deleted.")


@group.command("set-password")
@click.argument("identifier")
@stdin_option
def set_password(*, identifier: str, password_stdin: bool) -> None:
    """Give a user another password; all sign-ins of theirs end."""
    if not password_stdin:
        raise fail("Add --password-stdin and give the password on standard input.")
    user_id, password = _find(identifier), secret_line()
    _refuse_weak(password, [identifier])
    oversight.set_password(user_id, credentials.hashed(password), COMMAND, actor=COMMAND_ACTOR)
    click.echo("Changed; all sign-ins have ended.")


@group.command("bypass")
@click.argument("identifier")
@click.option("--minutes", type=click.IntRange(1, 60), required=True)
def bypass(*, identifier: str, minutes: int) -> None:
    """Let a user in once without a code, within the next minutes."""
    oversight.bypass(_find(identifier), minutes, COMMAND, actor=COMMAND_ACTOR)
    click.echo(f"The next login within {minutes} minutes needs no code.")


def _find(identifier: str) -> int:
    try:
        with reading() as connection:
            return users.find_id(connection, identifier, settings().portal_home_country)
    except NoSuchUser:
        raise fail(f"There is no user {identifier}.") from None


def _told(row: Any) -> dict[str, Any]:
    locked = row.wrong_codes >= settings().portal_limit_wrong_codes_per_user
    return {
        "id": row.id, "username": row.username, "email": row.email, "phone": row.phone, "phone_state": row.phone_state,
        "name": row.name, "role": row.role, "suspended": row.suspended, "password": row.password, "locked": locked,
        "bypass": (row.bypass_until or 0) > clock.now(), "created_at": row.created_at,
    }


def _line(user: dict[str, Any]) -> str:
    marks = [str(user["role"] or ""), *(mark for mark in ("suspended", "locked") if user[mark])]
    names = " ".join(str(user[name]) for name in ("username", "email", "phone") if user[name])
    return f"{user['id']:>8}  {names}  {' '.join(mark for mark in marks if mark)}".rstrip()
