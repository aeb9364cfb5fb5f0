"""How does a sign-in end on its person's word?"""

from __future__ import annotations

from portal import audit
from portal.audit import Event, What
from portal.database import writing
from portal.models import Ending, SignIn
from portal.signin import attempt, session
from portal.signin.flow import moves
from portal.trace import Client


def cancel(client: Client) -> None:
    """End the sign-in under way, and let this browser forget it."""
    _end(session.pending_token(), Ending.CANCELLED, client)


def log_out(client: Client) -> None:
    """End the sign-in of this browser: the row first, then the cookie, so that a copy of the cookie is worth nothing."""
    _end(session.complete_token() or session.pending_token(), Ending.LOGGED_OUT, client)


def _end(token: str | None, because: Ending, client: Client) -> None:
    if token is not None:
        with writing() as connection:
            row = attempt.lock(connection, token)
            if row is not None and moves.end(connection, SignIn.id == row.id, because):
                who = {"user_id": row.user_id, "sign_in_id": row.id}
                audit.record(connection, client, Event(event=What.SIGN_IN_ENDED, outcome=because.value, **who))
    session.forget()
