"""What did a crash or a dead queue leave behind? One process at a time looks, and puts it right."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, select, update

from portal import clock
from portal.audit import record
from portal.database import writing
from portal.extensions import settings
from portal.messages import lease, measured, outbox
from portal.messages.guard import unsent
from portal.messages.handover import LAST_START, LONGEST_TURN
from portal.messages.reasons import Reason
from portal.models import Message, MessageState
from portal.models.message import OPEN

LEASE = "sweep"
LEASE_SECONDS = 15.0
OVERDUE = 5.0
"""Seconds after which a waiting message must have been lost on its way through the queue."""
MARGIN = 30.0
"""Seconds beyond the gateway's last deadline after which whoever had a message in hand must be dead."""


def sweep(most: int, *, overdue: float = OVERDUE) -> list[int]:
    """End what has died, and name up to `most` overdue messages to deliver, oldest first. Empty if another process sweeps.

    A message that was in hand when its sender died may have gone out: it becomes unknown and is never sent again.
    """
    with writing() as connection:
        if not lease.hold(connection, LEASE, LEASE_SECONDS):
            return []
        at = clock.now()
        lost = at - LAST_START - LONGEST_TURN - settings().longest_call - MARGIN
        _end(connection, MessageState.UNKNOWN, Message.state == MessageState.SENDING, Message.claimed_at < lost)
        _end(connection, MessageState.EXPIRED, Message.state == MessageState.WAITING, Message.not_after <= at)
        return _overdue(connection, most, created_before=at - overdue)


def _end(connection: Connection, state: MessageState, *which: Any) -> None:
    ended = connection.execute(
        update(Message)
        .where(OPEN, *which)
        .values(state=state, reason=Reason.LOST if state is MessageState.UNKNOWN else Message.reason, settled_at=clock.now())
        .returning(Message.id, Message.user_id, Message.sign_in_id, Message.phone, Message.purpose)
    ).all()
    if ended:
        record(connection, None, *(outbox.entry(row, state) for row in ended))
    for row in ended:
        measured.settled(connection, row, state=state, gateway=None)
    if state in outbox.NEVER_LEFT:
        unsent.give_back(connection, ended)


def _overdue(connection: Connection, most: int, *, created_before: float) -> list[int]:
    waiting = (
        select(Message.id)
        .where(OPEN, Message.state == MessageState.WAITING, Message.created_at < created_before, Message.again_at <= clock.now())
        .order_by(Message.created_at)
        .limit(most)
    )
    return list(connection.execute(waiting).scalars())
