"""How does the sign-in under way in this browser stand? What its pages show, read in one statement."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection

from portal import clock
from portal.applications import brand
from portal.applications.brand import Brand
from portal.database import reading
from portal.extensions import settings
from portal.messages import standing
from portal.messages.standing import Standing
from portal.models import Channel, Ending, MessageState, State
from portal.signin import attempt, codes, session, voice
from portal.signin.attempt import addressee
from portal.signin.codes import Obstacle, Refusal
from portal.signin.flow import binder
from portal.signin.rules import Binder


class NonePending(StrEnum):
    """Why no sign-in is under way in this browser. NEVER: none was."""

    NEVER = ""
    EXPIRED = "expired"
    ENDED = "ended"
    WRONG_CODES = "wrong-codes"


@dataclass(frozen=True, kw_only=True)
class Pending:
    """A sign-in under way: its state; number (E.164), newest message and live code; what stands against another message.

    `may_call`: its code may be told by a call. `text_sender`: what texts to its number come from at the moment.
    """

    state: State
    application: Brand | None
    phone: str | None
    binding: bool
    phone_taken: bool
    binder: Binder
    code_expires_at: float | None
    message_state: MessageState | None
    message_reason: str | None
    message_channel: Channel
    resend_in: float
    outlook: Refusal | None
    may_call: bool
    text_sender: str


def current() -> Pending | NonePending:
    """The sign-in under way; else why there is none."""
    token = session.pending_token()
    if token is None:
        return NonePending.NEVER
    setup = standing.current()
    with reading() as connection:
        row = attempt.shown(connection, token)
        if row is None:
            return NonePending.ENDED
        return _pending(connection, row, setup) if attempt.pending(row) else _why_over(row)


def _why_over(row: Any) -> NonePending:
    if row.ended_because == Ending.WRONG_CODES:
        return NonePending.WRONG_CODES
    return NonePending.ENDED if row.state == State.ENDED else NonePending.EXPIRED


def _pending(connection: Connection, row: Any, setup: Standing) -> Pending:
    live = attempt.has_live_code(row)
    fresh = live and row.message_nonce == row.code_nonce
    return Pending(
        state=row.state, application=brand.of_row(row), phone=row.phone, binding=row.binding,
        phone_taken=row.state == State.AWAITING_PHONE and row.numbers > 0,
        binder=binder(connection) if row.user_phone is None else Binder.USER,
        code_expires_at=row.code_expires_at if live else None,
        message_state=row.message_state if fresh else None, message_reason=row.message_reason if fresh else None,
        message_channel=(row.message_channel if fresh else None) or Channel.TEXT,
        resend_in=max(0.0, (row.pause_ends_at or 0.0) - clock.now()),
        outlook=_outlook(connection, row, live=live), may_call=voice.offered(row, setup),
        text_sender=next((way.sender for way in setup.ways(row.phone, Channel.TEXT)), "") if row.phone else "",
    )


def _outlook(connection: Connection, row: Any, *, live: bool) -> Refusal | None:
    """Looked up in full only where there is no code to type: with one, the pause and what this row says are enough."""
    if row.phone is None or row.state != State.AWAITING_CODE:
        return None
    if not live:
        return codes.outlook(connection, addressee(row))
    if codes.locked(row):
        return Refusal(Obstacle.LOCKED)
    return Refusal(Obstacle.TEXTS_USED_UP) if row.texts >= settings().portal_limit_texts_per_sign_in else None
