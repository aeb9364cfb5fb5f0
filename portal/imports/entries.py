"""How does the audit log tell of an import? An entry for each user and each change, and one for the whole."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, ColumnElement, Connection, Row, Select, func, insert, literal, null, select

from portal import audit, clock
from portal.audit import Event, What
from portal.models import AuditEntry, ImportRow, PhoneState, User, Verdict
from portal.models.columns import table
from portal.trace import Actor, Client

_row, _user, _entry = table(ImportRow), table(User), table(AuditEntry)


def record_users(connection: Connection, found: Row[Any], rows: ColumnElement[bool]) -> None:
    """Tell of each user that these rows have created or changed, in the transaction that does it."""
    plain = literal({"import": found.id}, JSON())
    told = (
        (What.USER_CREATED, "ok", _created(rows), plain),
        (What.USER_CHANGED, "ok", _of(rows & _row.c.changed.is_not(null())), _row.c.changed),
        (What.PHONE_BOUND, PhoneState.UNPROVEN, _of(rows & _row.c.number_changed.is_not(null())), _row.c.number_changed),
        (What.USER_SUSPENDED, "ok", _of(rows & _row.c.suspension_changed.is_(True)), plain),
        (What.USER_RESUMED, "ok", _of(rows & _row.c.suspension_changed.is_(False)), plain),
    )
    for what, outcome, users, detail in told:
        same = {"at": literal(clock.now()), "event": literal(what.value), "outcome": literal(str(outcome)), "detail": detail}
        _tell(connection, users, same | _who(found))


def record(connection: Connection, found: Row[Any], counted: dict[str, int], outcome: str = "ok") -> None:
    """Tell of the whole import."""
    detail = {"import": found.id, "file": found.file_name, "mode": "valid rows" if found.valid_only else "all rows", **counted}
    event = Event(event=What.USERS_IMPORTED, outcome=outcome, actor=Actor(found.actor, found.actor_id), detail=detail)
    audit.record(connection, Client(address=found.address, agent=found.agent), event)


def _of(rows: ColumnElement[bool]) -> Select[Any]:
    return select(_row.c.user_id).where(rows, _row.c.verdict == Verdict.UPDATE)


def _created(rows: ColumnElement[bool]) -> Select[Any]:
    """The users have their ids from the database: each is found again by an identifier."""
    pairs = ((_user.c.username_key, _row.c.username_key), (_user.c.email_key, _row.c.email_key), (_user.c.phone, _row.c.phone))
    ids = (select(_user.c.id).where(theirs == ours).correlate(_row).scalar_subquery() for theirs, ours in pairs)
    return select(func.coalesce(*ids)).where(rows & (_row.c.verdict == Verdict.CREATE))


def _who(found: Row[Any]) -> dict[str, Any]:
    actor_id = literal(found.actor_id, _entry.c.actor_id.type)
    return {"actor": literal(found.actor), "actor_id": actor_id, "address": literal(found.address), "agent": literal(found.agent)}


def _tell(connection: Connection, users: Select[Any], columns: dict[str, Any]) -> None:
    rows = users.add_columns(*columns.values()).order_by(_row.c.number)
    connection.execute(insert(_entry).from_select(["user_id", *columns], rows, include_defaults=False))
