"""`flask portal source …`: the identity sources from a terminal."""

from __future__ import annotations

from typing import Any, TextIO

import click
from flask.cli import AppGroup

from portal.audit.changes import Unfit
from portal.cli.answer import fail, json_option, secret_line, tell
from portal.models import SourceKind
from portal.signin import standing
from portal.signin.oversight import sources
from portal.signin.rules import ON
from portal.sources import linked, register, upkeep
from portal.sources.register import Source
from portal.sources.wanted import Asked
from portal.trace import COMMAND, COMMAND_ACTOR

group = AppGroup("source", help="Look after the identity sources. A source is named by its name or its key.")
_secret = click.option("--secret-stdin", is_flag=True, help="Read its secret from standard input.")
_title = click.option("--title", required=True, help="What people read on the login page.")
_name = click.option("--name", default="", help="In addresses and switches; made of the title unless it is given.")
_create = click.option("--create-accounts", is_flag=True, help="Whoever comes by it and is linked with nobody gets an account.")
_domain = click.option("--email-domain", "email_domains", multiple=True, help="Only with a proven email in it. May be repeated.")


@group.command("list")
@json_option
def list_sources(*, as_json: bool) -> None:
    """List the sources in their order."""
    tell([_told(source) for source in register.fresh()], as_json, words=lambda all_: "\n".join(map(_line, all_)))


@group.command("show")
@click.argument("source")
@json_option
def show(*, source: str, as_json: bool) -> None:
    """Show one source with its settings, but for its secret."""
    found = _find(source)
    people = linked.people(found.id)
    told = _told(found) | {"linked": people.number if people.exact else f"more than {people.number}", **found.settings}
    tell(told, as_json, words=lambda each: "\n".join(f"{name:16} {value}" for name, value in each.items()))


@group.command("add-oidc")
@_title
@_name
@click.option("--issuer", required=True)
@click.option("--client-id", required=True)
@click.option("--scope", "scopes", multiple=True, default=("openid", "email", "profile"), help="May be repeated.")
@_create
@_domain
@_secret
@json_option
def add_oidc(*, as_json: bool, **asked: Any) -> None:
    """Add an OpenID Connect source, which nobody comes in by before it is enabled."""
    _add(SourceKind.OIDC, asked, as_json)


@group.command("add-ldap")
@_title
@_name
@click.option("--server", "servers", multiple=True, required=True, help="ldaps://host, or ldap://host with --starttls.")
@click.option("--starttls", is_flag=True)
@click.option("--ca", type=click.File(encoding="utf-8"), help="A file of certificates (PEM) that the servers' are signed by.")
@click.option("--base-dn", help="Below which people are searched.")
@click.option("--filter", help="By which they are found, with {identifier} for what was typed.")
@click.option("--bind-dn", help="Who searches; its password is the secret.")
@click.option("--user-dn", help="Instead of a search: everybody's DN, with {identifier} for what was typed.")
@click.option("--attribute", "attributes", nargs=2, multiple=True, metavar="WHAT NAME", default=(("subject", "entryUUID"),),
              help="Where subject, username, name, email and phone stand. May be repeated.")
@_create
@_domain
@_secret
@json_option
def add_ldap(*, as_json: bool, ca: TextIO | None, attributes: tuple[tuple[str, str], ...], **asked: Any) -> None:
    """Add a directory, which nobody comes in by before it is enabled."""
    _add(SourceKind.LDAP, asked | {"attributes": dict(attributes), "ca": ca.read() if ca else None}, as_json)


@group.command("enable")
@click.argument("source")
def enable(*, source: str) -> None:
    """Let people come in by a source."""
    changed = upkeep.enable(_find(source).id, COMMAND, on=True, actor=COMMAND_ACTOR)
    click.echo("Enabled." if changed else "It is enabled already.")


@group.command("disable")
@click.argument("source")
def disable(*, source: str) -> None:
    """Let nobody come in by a source any more; who is inside stays."""
    found = _find(source)
    if found.kind is SourceKind.PASSWORD:
        raise fail("Not disabled: the password stays in use.")
    changed = upkeep.enable(found.id, COMMAND, on=False, actor=COMMAND_ACTOR)
    click.echo("Disabled." if changed else "It is disabled already.")


@group.command("delete")
@click.argument("source")
@click.option("--yes", is_flag=True, help="Do it: the links of all its people go with it.")
def delete(*, source: str, yes: bool) -> None:
    """Delete an outside source with the links of its people and its switches, and log out who came in by it."""
    found = _find(source)
    if not found.is_outside:
        raise fail(f"Not deleted: {found.key} stays; disable it if nobody shall come in by it.")
    if not yes:
        alone = linked.without_another_way(found.id).number
        raise fail(f"Not deleted: add --yes to delete {found.title}. {alone} of its people have no other way in.")
    sources.remove(found.id, COMMAND, actor=COMMAND_ACTOR)
    click.echo(f"Deleted {found.title}.")


def _add(kind: SourceKind, asked: dict[str, Any], as_json: bool) -> None:
    secret = secret_line("secret") if asked.pop("secret_stdin") else None
    title, name = asked.pop("title"), asked.pop("name")
    settings = {option: list(value) if isinstance(value, tuple) else value for option, value in asked.items() if value}
    made = upkeep.add(Asked(kind=kind, title=title, name=name, secret=secret, settings=settings), COMMAND, actor=COMMAND_ACTOR)
    if isinstance(made, Unfit):
        raise fail("Not added: " + "; ".join(flaw.value for flaw in made.flaws) + ".")
    tell(_told(_find(made)), as_json, words=lambda each: f"Added {_line(each).strip()}. Enable it: source enable {each['key']}")


def _find(source: str | int) -> Source:
    found = next((each for each in register.fresh() if source in (each.id, each.key, each.name)), None)
    if found is None:
        raise fail(f"There is no identity source {source}.")
    return found


def _told(source: Source) -> dict[str, Any]:
    trust = standing.trusts([source.key])[source.key].value == ON if source.is_outside else False
    return {"id": source.id, "key": source.key, "title": source.title, "enabled": source.enabled,
            "preferred": source.preferred, "trusted": trust}


def _line(source: dict[str, Any]) -> str:
    marks = [mark for mark in ("enabled", "preferred", "trusted") if source[mark]]
    return f"{source['key']:26}{source['title']}  {' '.join(marks)}".rstrip()
