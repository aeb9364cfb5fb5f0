"""By which gateways has no message gone since what they send with was changed? Keys that look right may be wrong ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, select

from portal.audit import What
from portal.database import reading
from portal.messages.routing.register import Gateway
from portal.models import AuditEntry, GatewayKind, Message, MessageState

_ENTRIES, _MESSAGES = 200, 1_000
"""So many of the newest changes and tests are looked at, and so many messages at either end of the time since the change."""
_WENT = (MessageState.SENT, MessageState.DELIVERED)
_WITH = ("credentials", "settings")
"""What of a change may have made a gateway unable to send."""


def untried(gateways: Iterable[Gateway]) -> Mapping[str, float]:
    """Those of these that have carried nothing since an administrator set them up, by their names, with the instant of that.

    What is not known for certain, for it was long ago or is the environment's, is not said of a gateway.
    """
    asked = [each.name for each in gateways if not each.of_environment and each.kind is not GatewayKind.INBOX]
    if not asked:
        return {}
    with reading() as connection:
        changed, tests = _changed(connection), _tests(connection)
        return {name: changed[name] for name in asked if name in changed
                and not _went(connection, name, changed[name], tests.get(name, []))}


def _changed(connection: Connection) -> Mapping[str, float]:
    """When what they send with was entered last, by their names."""
    found: dict[str, float] = {}
    for row in _newest(connection, What.GATEWAY_ADDED, What.GATEWAY_CHANGED):
        if row.event == What.GATEWAY_ADDED or any(name in row.detail for name in _WITH):
            found.setdefault(str(row.detail.get("gateway")), row.at)
    return found


def _tests(connection: Connection) -> Mapping[str, list[int]]:
    """The messages that tried them."""
    found: dict[str, list[int]] = {}
    for row in _newest(connection, What.GATEWAY_TRIED):
        found.setdefault(str(row.detail.get("gateway")), []).append(int(row.detail.get("message", 0)))
    return found


def _newest(connection: Connection, *events: What) -> Sequence[Any]:
    """The entries of these events, newest first."""
    columns = select(AuditEntry.id, AuditEntry.event, AuditEntry.at, AuditEntry.detail)
    rows = [row for event in events for row in connection.execute(
        columns.where(AuditEntry.event == event).order_by(AuditEntry.id.desc()).limit(_ENTRIES))]
    return sorted((row for row in rows if row.detail), key=lambda row: -row.id)


def _went(connection: Connection, name: str, since: float, tests: list[int]) -> bool:
    """Whether a message went by it since then, as far as is looked: the tests, the first messages since, and the newest."""
    columns = select(Message.gateway, Message.state, Message.created_at)
    time = columns.where(Message.created_at > since).limit(_MESSAGES)
    looked = (columns.where(Message.id.in_(tests)), time.order_by(Message.created_at), time.order_by(Message.created_at.desc()))
    return any(_one_went(connection, each, name, since) for each in looked)


def _one_went(connection: Connection, looked: Any, name: str, since: float) -> bool:
    some = looked.subquery()
    went = select(some.c.gateway).where(some.c.gateway == name, some.c.state.in_(_WENT), some.c.created_at > since).limit(1)
    return connection.execute(went).first() is not None
