"""Do text messages leave at the moment? Whether somebody sends, and what became of the newest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from portal import clock
from portal.database import reading
from portal.messages import sender
from portal.messages.reasons import BLAMELESS
from portal.models import Message, MessageState

_LATELY = 3_600
_LOOKED_AT = 20
_WENT = frozenset({MessageState.SENT, MessageState.DELIVERED})
_DID_NOT = frozenset({MessageState.FAILED, MessageState.UNKNOWN})


@dataclass(frozen=True)
class Carriage:
    """Whether a sender is alive; and how many of the newest messages failed, if none of them went: 0 if one did."""

    sender_alive: bool
    failed: int


def now() -> Carriage:
    """How it stands. Only the newest messages of the last hour count, so that a repaired gateway is soon a good one."""
    newest = select(Message.state, Message.reason).where(Message.created_at > clock.now() - _LATELY)
    with reading() as connection:
        rows = connection.execute(newest.order_by(Message.created_at.desc()).limit(_LOOKED_AT)).all()
    went = any(row.state in _WENT for row in rows)
    return Carriage(sender.alive(), 0 if went else sum(_did_not(row) for row in rows))


def _did_not(row: Any) -> bool:
    """Whether it did not go, and no number, phone or network is to blame."""
    return row.state in _DID_NOT and row.reason not in BLAMELESS
