"""What may somebody in charge do to another person's access? Each also ends the sign-ins that it makes untrue."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, select, update

from portal import audit, clock
from portal.audit import Event, What
from portal.database import reading, writing
from portal.models import Ending, SignIn, User, phone_columns
from portal.signin.flow import moves
from portal.trace import Actor, Client

_FRESH = {"wrong_codes": 0, "dead_codes": 0, "codes_paused_until": None, "wrong_code_at": None}


class LastIdentifier(Exception):
    """The number is all that this user can log in with: without it nobody could name them any more."""


def suspend(user_id: int, client: Client, *, actor: Actor) -> None:
    """Let the user in no more, and end every sign-in of theirs at once."""
    event = Event(event=What.USER_SUSPENDED, user_id=user_id, actor=actor)
    _change(user_id, client, event, {"suspended": True}, ends=Ending.SUSPENDED)


def resume(user_id: int, client: Client, *, actor: Actor) -> None:
    """Let the user in again."""
    event = Event(event=What.USER_RESUMED, user_id=user_id, actor=actor)
    _change(user_id, client, event, {"suspended": False})


def unlock(user_id: int, client: Client, *, actor: Actor) -> None:
    """Lift the lock and the pause of the user's SMS step, and forget the wrong codes."""
    event = Event(event=What.USER_UNLOCKED, user_id=user_id, actor=actor)
    _change(user_id, client, event, dict(_FRESH))


def reset_mfa(user_id: int, client: Client, *, actor: Actor) -> None:
    """Take the bound number away, so that the user binds one anew, and end every sign-in of theirs.

    Raises LastIdentifier for a user who has nothing but the number to log in with.
    """
    with reading() as connection:
        if connection.execute(select(User.id).where(User.id == user_id, User.username.is_(None), User.email.is_(None))).first():
            raise LastIdentifier
    event = Event(event=What.MFA_RESET, user_id=user_id, actor=actor)
    _change(user_id, client, event, _FRESH | phone_columns(None, None), ends=Ending.MFA_RESET)


def set_password(user_id: int, password_hash: str, client: Client, *, actor: Actor) -> None:
    """Give the user another password, lift a lock of the SMS step, and end every sign-in of theirs."""
    event = Event(event=What.PASSWORD_CHANGED, user_id=user_id, actor=actor)
    _change(user_id, client, event, _FRESH | {"password_hash": password_hash}, ends=Ending.PASSWORD_CHANGED)


def bypass(user_id: int, minutes: int, client: Client, *, actor: Actor) -> float:
    """Let the user in once without a code within the next minutes (a lost phone, a dead gateway); returns until when."""
    until = clock.now() + minutes * 60
    event = Event(event=What.BYPASS_GIVEN, user_id=user_id, actor=actor, detail={"minutes": minutes})
    _change(user_id, client, event, {"bypass_until": until})
    return until


def remove(user_id: int, client: Client, *, actor: Actor) -> None:
    """Delete the user with their sign-ins; messages and audit entries stay as records."""
    with writing() as connection:
        connection.execute(delete(SignIn).where(moves.of_user(user_id)))
        connection.execute(delete(User).where(User.id == user_id))
        audit.record(connection, client, Event(event=What.USER_DELETED, user_id=user_id, actor=actor))


def _change(user_id: int, client: Client, event: Event, values: dict[str, Any], *, ends: Ending | None = None) -> None:
    """Write `values` of a user, end their sign-ins because of `ends`, if it is given, and record it, all at once.

    The sign-ins first, in the order in which a step of theirs locks both: the other way round the two could lock each other.
    """
    with writing() as connection:
        if ends:
            moves.end(connection, moves.of_user(user_id), ends)
        connection.execute(update(User).where(User.id == user_id).values(version=User.version + 1, **values))
        audit.record(connection, client, event)
