"""Who threw the switches of one scope lately? From the audit log, newest first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, select

from portal.audit import What
from portal.database import reading
from portal.models import AuditEntry
from portal.models.switch import PORTAL

_SHOWN = 10
_LOOKED_AT = 500


@dataclass(frozen=True)
class Change:
    """One switch thrown; `switch` is None where it is that the application got rules of its own, or the global ones again.

    Of a change of what it offers: the keys of the sources that it hides since, and that it offers since.
    """

    at: float
    actor: str
    switch: str | None
    value: str
    before: str | None
    hides: tuple[str, ...] = ()
    offers: tuple[str, ...] = ()


def last(scope: str = PORTAL) -> list[Change]:
    """The last ten changes. Only so many of the newest of either kind are looked at, whatever the length of the log."""
    with reading() as connection:
        found = _newest(connection, What.SWITCH_THROWN)
        if scope != PORTAL:
            offered = [row for row in _newest(connection, What.APPLICATION_CHANGED) if "hidden" in row.detail]
            found = sorted([*found, *_newest(connection, What.RULES_CUSTOMISED), *offered], key=lambda row: -row.id)
    return [_change(row) for row in found if _scope(row) == scope][:_SHOWN]


def _newest(connection: Connection, event: What) -> list[Row[Any]]:
    columns = select(AuditEntry.id, AuditEntry.at, AuditEntry.actor, AuditEntry.outcome, AuditEntry.application_id,
                     AuditEntry.detail)
    newest = columns.where(AuditEntry.event == event.value).order_by(AuditEntry.id.desc()).limit(_LOOKED_AT)
    return list(connection.execute(newest).all())


def _scope(row: Row[Any]) -> str:
    return str(row.detail.get("scope", row.application_id))


def _change(row: Row[Any]) -> Change:
    if "hidden" in row.detail:
        return _offer(row)
    return Change(row.at, row.actor or "", row.detail.get("switch"), row.outcome, row.detail.get("before"))


def _offer(row: Row[Any]) -> Change:
    before, after = (tuple(filter(None, str(row.detail["hidden"][when]).split(", "))) for when in ("before", "after"))
    hides, offers = (tuple(key for key in those if key not in others) for those, others in ((after, before), (before, after)))
    return Change(row.at, row.actor or "", None, row.outcome, None, hides=hides, offers=offers)
