"""May the person still name the number themselves? Asked at every step of binding, for the switch holds at once."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, select

from portal import audit
from portal.audit import Event, What
from portal.models import State, Switch
from portal.models.switch import PORTAL
from portal.signin.flow import moves
from portal.signin.rules import COLUMNS, Binder, in_force
from portal.trace import Client


def binder(connection: Connection) -> Binder:
    """Who may bind a number, as the switch stands."""
    return in_force(connection.execute(select(*COLUMNS).where(Switch.scope == PORTAL))).binder


def withdrawn(connection: Connection, row: Any, client: Client) -> bool:
    """Whether this sign-in binds a number that by now only administrators may bind; then its code is worth nothing."""
    if row.state != State.AWAITING_CODE or not row.binding or binder(connection) is Binder.USER:
        return False
    moves.change(connection, row.id, state=State.AWAITING_PHONE, phone=None, binding=False, **moves.no_code())
    refused = Event(event=What.PHONE_REFUSED, outcome="administrators only", user_id=row.user_id, sign_in_id=row.id,
                    detail={"to": moves.masked(row.phone)})
    audit.record(connection, client, refused)
    return True
