"""Whom does each row mean, and what would it change? Nothing of the user pool is written yet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Row, bindparam, select, update

from portal.accounts.phones import mask
from portal.database import reading, writing
from portal.imports import holding, register, sameness
from portal.imports.faults import Fault, RowFault, written
from portal.models import ImportRow, ImportState, User, Verdict
from portal.models.columns import table

BATCH = 1_000
_row, _user = table(ImportRow), table(User)
_by_username, _by_email, _by_phone = (_user.alias(name) for name in ("by_username", "by_email", "by_phone"))
_NAMED = ("username", "email", "name")
_WRITTEN = ("verdict", "faults", "user_id", "version", "changed", "number_changed", "suspension_changed")
_found = (
    select(_row.c.number, *(_row.c[name] for name in (*_NAMED, "phone", "suspended")),
           _by_username.c.id.label("by_username"), _by_email.c.id.label("by_email"), _by_phone.c.id.label("by_phone"))
    .outerjoin(_by_username, _by_username.c.username_key == _row.c.username_key)
    .outerjoin(_by_email, _by_email.c.email_key == _row.c.email_key)
    .outerjoin(_by_phone, _by_phone.c.phone == _row.c.phone)
)
_users = select(*(_user.c[name] for name in ("id", "version", "role", "suspended", "phone", *_NAMED)))
_write = (
    update(_row).where(_row.c.import_id == bindparam("of_import"), _row.c.number == bindparam("of_number"))
    .values({name: bindparam(f"new_{name}", type_=_row.c[name].type) for name in _WRITTEN})
)


def match(found: Row[Any]) -> Iterator[int]:
    """Match the rows that are not matched yet, and count what they come to; yields how many are, after each batch."""
    if not found.matched:
        sameness.mark_identifiers(found)
    for after in range(found.matched, found.rows, BATCH):
        up_to = min(after + BATCH, found.rows)
        changes = _changes(found.id, after, up_to)
        with writing() as connection:
            holding.advance(connection, found, matched=up_to)
            if changes:
                connection.execute(_write, changes)
        yield up_to
    _finish(found)


def _finish(found: Row[Any]) -> None:
    sameness.mark_users(found)
    with writing() as connection:
        counted = register.counts(connection, found.id)
        holding.advance(connection, found, state=ImportState.CHECKED, holder=None, **counted)


def _changes(import_id: int, after: int, up_to: int) -> list[dict[str, Any]]:
    span = (_row.c.import_id == import_id, _row.c.number > after, _row.c.number <= up_to, _row.c.verdict != Verdict.FAULTY)
    with reading() as connection:
        named = [(row, _ids(row)) for row in connection.execute(_found.where(*span)) if _ids(row)]
        wanted = {id_ for _, ids in named for id_ in ids}
        users = {user.id: user for user in connection.execute(_users.where(_user.c.id.in_(wanted)))} if wanted else {}
    verdicts = ((row.number, _verdict(import_id, row, [users[id_] for id_ in ids if id_ in users])) for row, ids in named)
    return [{"of_import": import_id, "of_number": number, **_parameters(said)} for number, said in verdicts if said]


def _ids(row: Any) -> list[int]:
    return sorted({id_ for id_ in (row.by_username, row.by_email, row.by_phone) if id_ is not None})


def _parameters(said: dict[str, Any]) -> dict[str, Any]:
    return {f"new_{name}": said.get(name, "" if name == "faults" else None) for name in _WRITTEN}


def _verdict(import_id: int, row: Any, users: list[Any]) -> dict[str, Any] | None:
    """What the row would do to the users that it names. None: they are gone by now, so it creates one."""
    if len(users) > 1:
        return _fault(Fault(RowFault.TWO_USERS, tuple(user.id for user in users)))
    if not users:
        return None
    user = users[0]
    said = {"user_id": user.id, "version": user.version, **_differences(import_id, row, user)}
    if said["suspension_changed"] is not None and user.role:
        return _fault(Fault(RowFault.HAS_ROLE))
    changes = any(said[name] is not None for name in ("changed", "number_changed", "suspension_changed"))
    return {"verdict": Verdict.UPDATE if changes else Verdict.UNCHANGED, **said}


def _fault(fault: Fault) -> dict[str, Any]:
    return {"verdict": Verdict.FAULTY, "faults": written(fault)}


def _differences(import_id: int, row: Any, user: Any) -> dict[str, Any]:
    """What is to change, in the form in which the audit log tells it. An empty cell changes nothing."""
    pairs = ((name, getattr(user, name), getattr(row, name)) for name in _NAMED)
    changed = {name: {"before": before, "after": after} for name, before, after in pairs if after is not None and after != before}
    other_number = row.phone is not None and row.phone != user.phone
    number = {"to": mask(row.phone), "before": mask(user.phone) if user.phone else None} if other_number else None
    suspension = row.suspended if row.suspended is not None and row.suspended != user.suspended else None
    return {"changed": {"import": import_id, **changed} if changed else None,
            "number_changed": {"import": import_id, **number} if number else None, "suspension_changed": suspension}
