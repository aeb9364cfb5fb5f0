"""A person without a phone number names one: where does its code go? The number is theirs only once it is proven."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from portal import audit, clock
from portal.database import writing
from portal.extensions import settings
from portal.messages import guard, outbox, standing
from portal.models import State
from portal.signin import attempt, session
from portal.signin.attempt import addressee
from portal.signin.codes import Obstacle, Refusal
from portal.signin.flow import moves
from portal.signin.flow.binding import binder
from portal.signin.flow.code import send
from portal.signin.flow.steps import GONE, Answer, Moved, Step, step_of
from portal.signin.rules import Binder
from portal.trace import Client


def bind_phone(phone: str, client: Client) -> Answer:
    """Send a code to `phone` (E.164) so that the person can prove it; another number than before gets a new code."""
    token = session.pending_token()
    if token is None:
        return GONE
    with writing() as connection:
        row = attempt.lock(connection, token)
        if not attempt.pending(row):
            return GONE
        if stopped := _stopped(connection, row, phone):
            _record(connection, row, phone, client, stopped)
            return stopped
        answer, message = _send(connection, row, phone, client)
    if message is not None:
        outbox.post(message)
    return answer


def _record(connection: Connection, row: Any, phone: str, client: Client, stopped: Answer) -> None:
    if isinstance(stopped, Refusal):
        asked = moves.asked(stopped, user_id=row.user_id, sign_in_id=row.id, phone=phone, binding=True)
        audit.record(connection, client, asked)


def _stopped(connection: Connection, row: Any, phone: str) -> Answer | None:
    """Why no new code is sent to this number, if so."""
    if row.state == State.AWAITING_PASSWORD or (row.state == State.AWAITING_CODE and not row.binding):
        return Moved(step_of(row.state))
    if row.binding and row.phone == phone and attempt.has_live_code(row):
        return Moved(Step.CODE)
    if binder(connection) is not Binder.USER:
        return Refusal(Obstacle.NOT_ALLOWED)
    if refused := guard.refusal(phone, standing.current().rules):
        return Refusal(Obstacle.NUMBER_REFUSED, detail=refused.value)
    used_up = _is_new(row, phone) and row.numbers >= settings().portal_limit_numbers_per_sign_in
    return Refusal(Obstacle.NUMBERS_USED_UP) if used_up else None


def _send(connection: Connection, row: Any, phone: str, client: Client) -> tuple[Answer, int | None]:
    expires = moves.entering(clock.now(), row.must_end_at) if row.state == State.AWAITING_PHONE else row.expires_at
    to = addressee(row, phone=phone, binding=True, expires_at=expires, **(moves.no_code() if _is_new(row, phone) else {}))
    return send(connection, row, to, client, first=row.texts == 0, state=State.AWAITING_CODE, phone=phone, binding=True,
                expires_at=expires, numbers=row.numbers + _is_new(row, phone))


def _is_new(row: Any, phone: str) -> bool:
    """Whether no text went to that number yet in this sign-in: one that stood there already was only suggested."""
    return not row.binding or row.phone != phone
