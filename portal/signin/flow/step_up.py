"""A complete sign-in lacks the second factor at an entrance: how is it asked for?"""

from __future__ import annotations

from typing import Any

from portal import audit, clock
from portal.audit import Event, What
from portal.database import writing
from portal.extensions import settings
from portal.keys import new_token, token_digest
from portal.messages import outbox
from portal.models import State
from portal.signin import attempt, session, visitor
from portal.signin.attempt import addressee
from portal.signin.flow import moves
from portal.signin.flow.code import send
from portal.signin.flow.steps import GONE, Answer, Moved, Step
from portal.trace import Client


def step_up(client: Client, next_address: str | None) -> Answer:
    """A complete sign-in lacks the second factor at an entrance that requires it: ask for it, on the person's word.

    The sign-in is partially authenticated again until the code is right; token and seed are replaced.
    """
    token, fresh = session.complete_token(), new_token()
    if token is None:
        return GONE
    with writing() as connection:
        row = attempt.lock(connection, token)
        if row is None or row.state != State.COMPLETE or row.suspended or visitor.over(row):
            return GONE
        state = State.AWAITING_CODE if row.user_phone else State.AWAITING_PHONE
        columns = _stepping_up(fresh, state, row.user_phone, next_address)
        moves.change(connection, row.id, **columns)
        asked = Event(event=What.STEP_UP_ASKED, user_id=row.user_id, sign_in_id=row.id, application_id=row.application_id)
        audit.record(connection, client, asked)
        answer, message = Moved(Step.PHONE), None
        if row.user_phone:
            to = addressee(row, phone=row.user_phone, binding=False, texts=0, expires_at=columns["expires_at"])
            _, message = send(connection, row, to, client, first=True)
            answer = Moved(Step.CODE)
    if message is not None:
        outbox.post(message)
    session.hold_pending(fresh)
    return answer


def _stepping_up(token: str, state: State, phone: str | None, next_address: str | None) -> dict[str, Any]:
    now, lifetime = clock.now(), settings().portal_sign_in_lifetime
    return {
        "token_hash": token_digest(token), "state": state, "phone": phone, "binding": False, "next_address": next_address,
        "expires_at": now + lifetime, "must_end_at": now + 2 * lifetime, "texts": 0, "numbers": 0,
        "dead_codes": 0, **moves.no_code(),
    }
