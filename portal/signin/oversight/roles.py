"""Who may do what in the console, who may care for whom, and how is one active administrator always left?"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from sqlalchemy import Connection, select

from portal import audit
from portal.accounts import links
from portal.accounts.users import NoSuchUser
from portal.audit import Event, What
from portal.database import writing
from portal.models import Ending, Role, User
from portal.signin.oversight.changing import changed
from portal.trace import Actor, Client


class LastAdministrator(Exception):
    """Without this user nobody could administer the portal any more."""


def may_care_for(actor_role: Role | None, user_role: Role | None) -> bool:
    """Whether somebody of that role may act on a user of that role: the helpdesk only on people without one."""
    return actor_role is Role.ADMINISTRATOR or (actor_role is Role.HELPDESK and user_role is None)


def care_for(connection: Connection, user_id: int, actor_role: Role | None) -> bool:
    """The same of a user who is locked from here on: nobody is given a role between this answer and what rests on it.

    Raises NoSuchUser.
    """
    return may_care_for(actor_role, _role(connection, user_id))


def set_role(user_id: int, role: Role | None, client: Client, *, actor: Actor) -> None:
    """Give the user a role in the console, or none. Where something is taken from them, their sign-ins end at once; their
    one-time links are good no more.

    Raises LastAdministrator and NoSuchUser. Nothing is written when they have that role already.
    """
    event = Event(event=What.ROLE_CHANGED, user_id=user_id, actor=actor)
    with writing() if role is Role.ADMINISTRATOR else leaving_an_administrator(client, event) as connection:
        before = _role(connection, user_id)
        if before is not role:
            told = replace(event, detail={"role": role, "before": before})
            ends = Ending.ROLE_CHANGED if before and role is not Role.ADMINISTRATOR else None
            changed(connection, client, told, {"role": role}, ends=ends)
            # Else whoever handed a link to a person without a role could set the password of somebody with one.
            links.withdraw(connection, user_id)


def _role(connection: Connection, user_id: int) -> Role | None:
    row = connection.execute(select(User.role).where(User.id == user_id).with_for_update()).first()
    if row is None:
        raise NoSuchUser(str(user_id))
    return Role(row.role) if row.role else None


@contextmanager
def leaving_an_administrator(client: Client, event: Event) -> Iterator[Connection]:
    """A writing transaction in which the user of the event may lose the console.

    Raises LastAdministrator, before anything is written, for the last active administrator; the refusal is recorded.
    """
    try:
        with writing() as connection:
            _keep_one(connection, event.user_id or 0)
            yield connection
    except LastAdministrator:
        asked = {"asked": event.event.value}
        audit.note(client, replace(event, event=What.CHANGE_REFUSED, outcome="last administrator", detail=asked))
        raise


def _keep_one(connection: Connection, user_id: int) -> None:
    """All of them are locked, in the order of their ids: of two who remove each other at once, the second is the last by then."""
    active = (User.role == Role.ADMINISTRATOR) & User.suspended.is_(False)
    found = select(User.id, User.role, User.suspended).where((User.id == user_id) | active)
    rows = connection.execute(found.order_by(User.id).with_for_update()).all()
    administrators = {row.id for row in rows if row.role is Role.ADMINISTRATOR and not row.suspended}
    if administrators == {user_id}:
        raise LastAdministrator
