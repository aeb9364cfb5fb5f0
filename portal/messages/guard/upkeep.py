"""How do the rules against toll fraud change? In one transaction, with the reason and its entry in the audit log."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.exc import IntegrityError

from portal import audit, clock
from portal.audit import Event, What
from portal.audit.changes import Overtaken
from portal.database import after_commit, reading, writing
from portal.messages import alarms, allowances, standing
from portal.messages.guard import breaker, budgets
from portal.messages.guard.rules import NAME, Rules, kept, of
from portal.models import AlarmKind, MessageSetting
from portal.trace import Actor, Client

_CEILINGS = frozenset({"messages", "money"})
"""Rules that may set none."""


@dataclass(frozen=True)
class Saved:
    """The rules as an administrator set them, not narrowed by the environment; by whom and when, if anybody did."""

    rules: Rules
    version: int = 0
    actor: str | None = None
    at: float | None = None


def saved() -> Saved:
    """The rules as they were set last."""
    with reading() as connection:
        return _read(connection)


def change(asked: Rules, client: Client, *, version: int, reason: str, actor: Actor) -> bool | Overtaken[Saved]:
    """Set the rules, if they still are those of that version; False if they are so already."""
    try:
        with writing() as connection:
            before = _read(connection)
            if before.version != version:
                return Overtaken(before)
            changed = differences(before.rules, asked)
            if changed:
                _write(connection, asked, version, actor)
                audit.record(connection, client, Event(event=What.GUARD_CHANGED, actor=actor, detail={"why": reason} | changed))
                _follow(connection, before.rules, asked)
                after_commit(connection, standing.forget)
    except IntegrityError:
        return Overtaken(saved())
    return bool(changed)


def _follow(connection: Connection, before: Rules, after: Rules) -> None:
    """A ceiling that was reached may be so no more; what still is rings again. Codes that did not come back are counted anew
    where they weigh otherwise, and what the breaker closed is open once it is off."""
    for subject in (budgets.TODAY, budgets.money_key(before.currency)):
        alarms.end(connection, AlarmKind.CEILING, subject)
    if before.verified_share != after.verified_share:
        allowances.forget(connection, budgets.all_unverified())
    if before.breaker and not after.breaker:
        breaker.let_go(connection)


def put_back(now: Rules, changed: Any) -> Rules | None:
    """The rules with what a change made of them as it was before; `changed`: the differences that are written down of it.

    None if they are not written down as we do it: the log may hold what another version or another hand has written."""
    try:
        was = {name: _was(name, before, each["before"]) for name, before in kept(now).items() if (each := changed.get(name))}
        return of(kept(now) | was)
    except (AttributeError, KeyError, TypeError, ValueError):
        return None


def _was(name: str, now: Any, written: Any) -> Any:
    """A rule as it was, from what is written down of it. Raises TypeError where that is no value of this rule."""
    if isinstance(now, list):
        return [word for word in written.split(", ") if word]
    fits = (int, type(None)) if name in _CEILINGS else (type(now),)
    if type(written) not in fits:
        raise TypeError(name)
    return written


def differences(before: Rules, after: Rules) -> dict[str, Any]:
    """What a change changes, as it is written down: each rule with what it was before."""
    was, now = kept(before), kept(after)
    return {name: {"before": _plain(was[name]), "after": _plain(now[name])} for name in now if was[name] != now[name]}


def _plain(value: Any) -> Any:
    return ", ".join(value) if isinstance(value, list) else value


def _read(connection: Connection) -> Saved:
    columns = select(MessageSetting.value, MessageSetting.version, MessageSetting.changed_by, MessageSetting.changed_at)
    row = connection.execute(columns.where(MessageSetting.name == NAME)).first()
    return Saved(of(row.value), row.version, row.changed_by, row.changed_at) if row else Saved(Rules())


def _write(connection: Connection, rules: Rules, version: int, actor: Actor) -> None:
    """Of two who write at once the later meets the row of the first: by its version, or by its name."""
    columns = {"value": kept(rules), "version": version + 1, "changed_by": actor.name, "changed_at": clock.now()}
    if version == 0:
        connection.execute(insert(MessageSetting).values(name=NAME, **columns))
        return
    there = update(MessageSetting).where(MessageSetting.name == NAME, MessageSetting.version == version)
    if connection.execute(there.values(**columns)).rowcount == 0:
        raise IntegrityError("overtaken", None, LookupError(NAME))
