"""How does an identity source come, change and go? Each in one transaction, with its entry in the audit log."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select
from sqlalchemy.exc import IntegrityError

from portal import clock
from portal.audit import What
from portal.audit.changes import Overtaken, Unfit, last_change
from portal.models import IdentitySource, SourceKind, Switch
from portal.models.switch import OF_SOURCE, TRUST
from portal.sources import linked, offering, register
from portal.sources.changing import NoSuchSource, changing, find, tell, write
from portal.sources.register import Source
from portal.sources.secrets import sealed
from portal.sources.wanted import GOES_TO, Asked, Flaw, flaws_of, is_name, name_of
from portal.trace import Actor, Client

__all__ = ["NoSuchSource", "add", "change", "enable", "find", "remove"]


def add(asked: Asked, client: Client, *, actor: Actor) -> int | Unfit[Flaw]:
    """Add a source behind all others; its id."""
    name = asked.name or name_of(asked.title)
    if flaws := flaws_of(asked) + (() if is_name(name) else (Flaw.NAME,)):
        return Unfit(flaws)
    try:
        with changing() as now:
            columns = _columns(asked) | {"kind": asked.kind, "name": name, "position": _last(now.connection) + 1,
                                         "enabled": asked.enabled, "preferred": False, "created_at": clock.now(), "version": 1}
            source_id = now.connection.execute(insert(IdentitySource).values(columns).returning(IdentitySource.id)).scalar_one()
            key = next(source.key for source in register.read(now.connection) if source.id == source_id)
            tell(now.connection, client, What.SOURCE_ADDED, actor, source=key, name=asked.title, **_plain(asked.settings))
    except IntegrityError:
        return Unfit((Flaw.TAKEN,))
    return int(source_id)


def change(source_id: int, version: int, asked: Asked, client: Client, *, actor: Actor) -> bool | Unfit[Flaw] | Overtaken[Source]:
    """Make a source what is asked for, if it still is the one of that version; False if it is that already.

    Its name, its kind and whether it is in use stay what they are. Raises NoSuchSource.
    """
    with changing() as now:
        before = now.named(source_id)
        if before.version != version:
            return Overtaken(before, last_change(now.connection, What.SOURCE_CHANGED, source=before.key))
        if flaws := _flaws(before, asked, kept=has_secret(now.connection, source_id)):
            return Unfit(flaws)
        changed = differences(before, asked)
        if changed:
            write(now.connection, source_id, version=version + 1, **_columns(asked))
            tell(now.connection, client, What.SOURCE_CHANGED, actor, source=before.key, **changed)
    return bool(changed)


def _flaws(before: Source, asked: Asked, *, kept: bool) -> tuple[Flaw, ...]:
    """A secret that nobody can read here must not be sent somewhere else either, only because an address was changed."""
    elsewhere = any(before.settings.get(name) != asked.settings.get(name) for name in GOES_TO)
    moved = (Flaw.SECRET_ELSEWHERE,) if kept and elsewhere and not asked.secret else ()
    return flaws_of(asked, has_secret=kept) + moved


def enable(source_id: int, client: Client, *, on: bool, actor: Actor) -> bool:
    """Let people come in by a source, or nobody any more; whether that was a change. The password stays in use.

    One that is not in use does not lead either. Raises NoSuchSource.
    """
    with changing() as now:
        before = now.named(source_id)
        if before.enabled is on or before.kind is SourceKind.PASSWORD:
            return False
        write(now.connection, source_id, enabled=on, preferred=before.preferred and on)
        tell(now.connection, client, What.SOURCE_CHANGED, actor, source=before.key,
             enabled={"before": before.enabled, "after": on})
    return True


def remove(source_id: int, client: Client, *, actor: Actor) -> bool:
    """Delete an outside source with the links of all its people, its switches, and the round trips under way.

    False for the password and the scanned code, which stay. Raises NoSuchSource.
    """
    with changing() as now:
        gone = now.named(source_id)
        if not gone.is_outside:
            return False
        people = linked.counted(now.connection, source_id)
        now.connection.execute(delete(IdentitySource).where(IdentitySource.id == source_id))
        now.connection.execute(delete(Switch).where(Switch.name.in_([OF_SOURCE + gone.key, TRUST + gone.key])))
        offering.forget(now.connection, gone.key)
        tell(now.connection, client, What.SOURCE_DELETED, actor, source=gone.key, name=gone.title, count=people.number)
    return True


def has_secret(connection: Connection, source_id: int) -> bool:
    """Whether a secret is kept for that source, readable or not."""
    asked = select(IdentitySource.id).where(IdentitySource.id == source_id, IdentitySource.secret.is_not(None))
    return connection.execute(asked).first() is not None


def _last(connection: Connection) -> int:
    return connection.execute(select(func.max(IdentitySource.position))).scalar() or 0


def _columns(asked: Asked) -> dict[str, Any]:
    secret = sealed(asked.secret) if asked.secret else {}
    return {"title": asked.title, "settings": dict(asked.settings)} | secret


def differences(before: Source, asked: Asked) -> dict[str, Any]:
    """What is told of a change: the title and each setting before and after, of a secret only that there is another."""
    was, is_ = _plain(before.settings) | {"name": before.title}, _plain(asked.settings) | {"name": asked.title}
    changed = {name: {"before": was.get(name), "after": is_.get(name)} for name in sorted(was.keys() | is_.keys())
               if was.get(name) != is_.get(name)}
    return changed | ({"secret": "replaced"} if asked.secret else {})


def _plain(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Settings as a record shows them: lists in one line, certificates by their number."""
    shown = {name: ", ".join(value) if isinstance(value, list) else value for name, value in settings.items()}
    return shown | ({"ca": str(settings["ca"].count("BEGIN CERTIFICATE"))} if "ca" in settings else {})
