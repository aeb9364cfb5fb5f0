"""How did each gateway fare in the last hour?"""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import select

from portal import clock
from portal.database import reading
from portal.health.traffic import NEWEST
from portal.messages.allowances import HOUR
from portal.messages.reasons import BLAMELESS
from portal.models import Alarm, AlarmKind, Message, MessageState

_LOOKED_AT = 3
"""So many in a row, or all where there were fewer, are enough to call it failing: whoever looks for the fault looks now."""
_WENT = (MessageState.SENT, MessageState.DELIVERED)
_DID_NOT = (MessageState.WAITING, MessageState.FAILED, MessageState.UNKNOWN)
"""One that waits and has a gateway was refused by it before."""


@dataclass(kw_only=True)
class Fared:
    """The messages of one gateway: how many `went` and how many were `lost`; the newest `reason` of one that was, and whether it
    is `failing`: lately nothing went, or its alarm rings. `at`: when the newest of them was asked for."""

    went: int = 0
    lost: int = 0
    reason: str | None = None
    failing: bool = False
    at: float = 0.0
    newest: list[bool] = field(default_factory=list)


def lately() -> dict[str, Fared]:
    """Each gateway that had anything to do in the last hour, by its name; of all gateways' newest messages."""
    fared: dict[str, Fared] = {}
    with reading() as connection:
        columns = select(Message.gateway, Message.state, Message.reason, Message.created_at)
        newest = columns.where(Message.created_at > clock.now() - HOUR).order_by(Message.created_at.desc()).limit(NEWEST)
        for row in connection.execute(newest):
            if row.gateway and row.reason not in BLAMELESS and row.state in (*_WENT, *_DID_NOT):
                mine = fared.setdefault(row.gateway, Fared(at=row.created_at))
                _count(mine, row.state in _WENT, row.reason)
        ringing = select(Alarm.subject).where(Alarm.kind == AlarmKind.GATEWAY, Alarm.ended_at.is_(None))
        alarms = set(connection.execute(ringing).scalars())
    for name in alarms:
        fared.setdefault(name, Fared()).failing = True
    for each in fared.values():
        each.failing = each.failing or (bool(each.newest) and not any(each.newest))
    return fared


def _count(fared: Fared, went: bool, reason: str | None) -> None:
    fared.went += went
    fared.lost += not went
    fared.reason = fared.reason or (None if went else reason)
    if len(fared.newest) < _LOOKED_AT:
        fared.newest.append(went)
