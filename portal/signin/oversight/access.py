"""May this user come in? Suspending, unlocking, resetting, letting in once, deleting."""

from __future__ import annotations

from enum import Enum

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from portal import audit, clock
from portal.audit import Event, What
from portal.database import writing
from portal.models import Ending, Role, SignIn, User, phone_columns
from portal.signin.flow import moves
from portal.signin.oversight.changing import FRESH, change, changed
from portal.signin.oversight.roles import care_for, leaving_an_administrator
from portal.trace import Actor, Client


class Barred(Enum):
    """Why nothing was done for a user."""

    ROLE = "whoever acts may not look after them"
    LAST_IDENTIFIER = "the number is all that they can log in with: without it nobody could name them any more"


def suspend(user_id: int, client: Client, *, actor: Actor) -> None:
    """Let the user in no more, and end every sign-in of theirs at once. Raises LastAdministrator and NoSuchUser."""
    event = Event(event=What.USER_SUSPENDED, user_id=user_id, actor=actor)
    with leaving_an_administrator(client, event) as connection:
        changed(connection, client, event, {"suspended": True}, ends=Ending.SUSPENDED)


def resume(user_id: int, client: Client, *, actor: Actor) -> None:
    """Let the user in again."""
    event = Event(event=What.USER_RESUMED, user_id=user_id, actor=actor)
    change(client, event, {"suspended": False})


def unlock(user_id: int, client: Client, *, actor: Actor, actor_role: Role | None) -> Barred | None:
    """Lift the lock and the pause of the user's SMS step, and forget the wrong codes; None when it is done.

    Raises NoSuchUser.
    """
    event = Event(event=What.USER_UNLOCKED, user_id=user_id, actor=actor)
    with writing() as connection:
        if not care_for(connection, user_id, actor_role):
            return Barred.ROLE
        changed(connection, client, event, FRESH, ends=None)
    return None


def reset_mfa(user_id: int, client: Client, *, actor: Actor, actor_role: Role | None) -> Barred | None:
    """Take the bound number away, so that the user binds one anew, and end every sign-in of theirs; None when it is done.

    Whether they have anything else to log in with is asked by the table's own rule: whoever takes their name away at this
    moment is not overlooked. Raises NoSuchUser.
    """
    event = Event(event=What.MFA_RESET, user_id=user_id, actor=actor)
    try:
        with writing() as connection:
            if not care_for(connection, user_id, actor_role):
                return Barred.ROLE
            changed(connection, client, event, FRESH | phone_columns(None, None), ends=Ending.MFA_RESET)
    except IntegrityError:
        return Barred.LAST_IDENTIFIER
    return None


def bypass(user_id: int, minutes: int, client: Client, *, actor: Actor, why: str = "") -> float:
    """Let the user in once without a code within the next minutes (a lost phone, a dead gateway); returns until when.

    `why`: in the words of whoever gives it, for the record.
    """
    until = clock.now() + minutes * 60
    detail = {"minutes": minutes} | ({"why": why} if why else {})
    change(client, Event(event=What.BYPASS_GIVEN, user_id=user_id, actor=actor, detail=detail), {"bypass_until": until})
    return until


def withdraw_bypass(user_id: int, client: Client, *, actor: Actor) -> None:
    """Take back a one-time bypass that was not used yet. Raises NoSuchUser."""
    event = Event(event=What.BYPASS_WITHDRAWN, user_id=user_id, actor=actor)
    change(client, event, {"bypass_until": None})


def remove(user_id: int, client: Client, *, actor: Actor) -> None:
    """Delete the user with their sign-ins; messages and audit entries stay as records. Raises LastAdministrator."""
    event = Event(event=What.USER_DELETED, user_id=user_id, actor=actor)
    with leaving_an_administrator(client, event) as connection:
        connection.execute(delete(SignIn).where(moves.of_user(user_id)))
        connection.execute(delete(User).where(User.id == user_id))
        audit.record(connection, client, event)
