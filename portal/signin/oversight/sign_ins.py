"""How does somebody in charge end another person's sign-ins?"""

from __future__ import annotations

from portal import audit
from portal.audit import Event, What
from portal.database import writing
from portal.models import Ending, SignIn
from portal.signin.flow import moves
from portal.trace import Actor, Client


def end_sign_in(user_id: int, sign_in_id: int, client: Client, *, actor: Actor) -> bool:
    """End that sign-in of that user. False when it had ended already, or is none of theirs."""
    event = Event(event=What.SIGN_IN_ENDED, outcome=Ending.BY_OTHERS, user_id=user_id, sign_in_id=sign_in_id, actor=actor)
    with writing() as connection:
        ended = moves.end(connection, (SignIn.user_id == user_id) & (SignIn.id == sign_in_id), Ending.BY_OTHERS)
        if ended:
            audit.record(connection, client, event)
    return bool(ended)


def end_sign_ins(user_id: int, client: Client, *, actor: Actor, keep: int | None = None) -> int:
    """End all sign-ins of a user but the one to keep, with one entry for all; returns how many had not ended yet."""
    with writing() as connection:
        count = moves.end(connection, moves.of_user(user_id, keep=keep), Ending.BY_OTHERS)
        event = Event(event=What.SIGN_IN_ENDED, outcome=Ending.BY_OTHERS, user_id=user_id, actor=actor, detail={"logins": count})
        if count:
            audit.record(connection, client, event)
    return count
