"""A person must replace their password before they are in: is the new one taken?"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, update

from portal import audit, clock
from portal.accounts import credentials, links, strength
from portal.accounts.strength import PasswordFault
from portal.audit import Event, What
from portal.database import reading, writing
from portal.extensions import settings
from portal.keys import new_token
from portal.models import Ending, Method, State, User
from portal.signin import attempt, session
from portal.signin.flow import moves
from portal.signin.flow.steps import GONE, Moved, PasswordVerdict, Step, step_of
from portal.trace import Client


def choose_password(password: str, client: Client) -> PasswordVerdict:
    """Take the new password and complete the sign-in; or say why the password is not taken.

    Compared and hashed with no transaction open; whoever changes the password meanwhile has ended this sign-in by it.
    """
    token = session.pending_token()
    if token is None:
        return PasswordVerdict(moved=GONE)
    with reading() as connection:
        row = attempt.choosing(connection, token)
    if stopped := _stopped(row):
        return stopped
    if fault := _fault(row, password):
        return PasswordVerdict(fault)
    return _replace(token, credentials.hashed(password), client)


def _stopped(row: Any) -> PasswordVerdict | None:
    if not attempt.pending(row):
        return PasswordVerdict(moved=GONE)
    return None if row.state == State.AWAITING_PASSWORD else PasswordVerdict(moved=Moved(step_of(row.state)))


def _fault(row: Any, password: str) -> PasswordFault | None:
    about = [name for name in (row.username, row.email, row.name, settings().portal_name) if name]
    if fault := strength.fault(password, about=about):
        return fault
    same = row.password_hash is not None and credentials.matches(row.password_hash, password)
    return PasswordFault.SAME if same else None


def _replace(token: str, password_hash: str, client: Client) -> PasswordVerdict:
    fresh = new_token()
    with writing() as connection:
        row: Any = attempt.lock(connection, token)
        if stopped := _stopped(row):
            return stopped
        _complete(connection, row, fresh, client)
        _write(connection, row, password_hash)
    session.hold_complete(fresh)
    return PasswordVerdict(moved=Moved(Step.HOME, row.next_address))


def _complete(connection: Connection, row: Any, token: str, client: Client) -> None:
    methods = row.methods | {Method.PASSWORD.value: clock.now()}
    moves.change(connection, row.id, **moves.completion(token, methods, row.completed_at, trial=client.trial))
    who = {"user_id": row.user_id, "sign_in_id": row.id, "application_id": row.application_id}
    changed = Event(event=What.PASSWORD_CHANGED, **who)
    inside = Event(event=What.SIGN_IN_COMPLETE, outcome=row.reason, detail={"source": row.source}, **who)
    audit.record(connection, client, changed, inside)


def _write(connection: Connection, row: Any, password_hash: str) -> None:
    """Whatever rests on the password that was handed over ends: other sign-ins and links."""
    values = {"password_hash": password_hash, "password_must_change": False, "version": User.version + 1}
    connection.execute(update(User).where(User.id == row.user_id).values(**values))
    moves.end(connection, moves.of_user(row.user_id, keep=row.id), Ending.PASSWORD_CHANGED)
    links.withdraw(connection, row.user_id)
