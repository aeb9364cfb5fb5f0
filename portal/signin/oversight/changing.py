"""How is a user changed so that no sign-in of theirs is left that the change makes untrue?"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, update

from portal import audit
from portal.accounts.users import NoSuchUser
from portal.audit import Event
from portal.database import writing
from portal.models import Ending, User
from portal.signin.flow import moves
from portal.trace import Client

FRESH = {"wrong_codes": 0, "dead_codes": 0, "codes_paused_until": None, "wrong_code_at": None}
"""The columns of a user whose SMS step nothing stands against."""


def change(client: Client, event: Event, values: dict[str, Any], *, ends: Ending | None = None) -> None:
    """Write `values` of the user whom the event is about, end their sign-ins because of `ends`, if given, and record it, at once.

    Raises NoSuchUser when the user is gone by now.
    """
    with writing() as connection:
        changed(connection, client, event, values, ends=ends)


def changed(connection: Connection, client: Client, event: Event, values: dict[str, Any], *, ends: Ending | None) -> None:
    """The same in the caller's transaction.

    The user first, then the sign-ins, as every step of a sign-in locks them: in another order the two wait for each other.
    """
    user_id = event.user_id or 0
    found = connection.execute(update(User).where(User.id == user_id).values(version=User.version + 1, **values))
    if not found.rowcount:
        raise NoSuchUser(str(user_id))
    if ends:
        moves.end(connection, moves.of_user(user_id), ends)
    audit.record(connection, client, event)
