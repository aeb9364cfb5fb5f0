"""A complete sign-in lacks the second factor at an entrance: how is it asked for?"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

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
from portal.signin.flow.steps import GONE, Answer, Moved, step_of
from portal.trace import Client


def step_up(client: Client, next_address: str | None) -> Answer:
    """A complete sign-in lacks the second factor at an entrance that requires it: ask for it, on the person's word.

    The sign-in is partially authenticated again until the code is right; token and seed are replaced.
    """
    token, fresh = session.complete_token(), new_token()
    if token is None:
        return GONE
    with writing() as connection:
        row: Any = attempt.lock(connection, token)
        if not inside(row):
            return GONE
        message = ask(connection, row, fresh, client, next_address=next_address)
    return asked(row, fresh, message)


def inside(row: Any) -> bool:
    """Whether there is this sign-in, is complete, and has not ended by itself."""
    return row is not None and row.state == State.COMPLETE and not row.suspended and not visitor.over(row)


def ask(connection: Connection, row: Any, token: str, client: Client, **columns: Any) -> int | None:
    """Ask a locked complete sign-in for its second factor, under its new token; the message's id, to be posted afterwards.

    Where no message may be sent now, its page says so.
    """
    columns |= _stepping_up(token, _state(row), row.user_phone)
    moves.change(connection, row.id, **columns)
    event = Event(event=What.STEP_UP_ASKED, user_id=row.user_id, sign_in_id=row.id, application_id=row.application_id)
    audit.record(connection, client, event)
    if not row.user_phone:
        return None
    to = addressee(row, phone=row.user_phone, binding=False, texts=0, expires_at=columns["expires_at"])
    return send(connection, row, to, client, first=True)[1]


def asked(row: Any, token: str, message: int | None) -> Moved:
    """After the commit of `ask`: the message leaves, and the browser holds a sign-in under way."""
    if message is not None:
        outbox.post(message)
    session.hold_pending(token)
    return Moved(step_of(_state(row)))


def _state(row: Any) -> State:
    return State.AWAITING_CODE if row.user_phone else State.AWAITING_PHONE


def _stepping_up(token: str, state: State, phone: str | None) -> dict[str, Any]:
    now, lifetime = clock.now(), settings().portal_sign_in_lifetime
    return {
        "token_hash": token_digest(token), "state": state, "phone": phone, "binding": False,
        "expires_at": now + lifetime, "must_end_at": now + 2 * lifetime, "texts": 0, "numbers": 0,
        "dead_codes": 0, **moves.no_code(),
    }
