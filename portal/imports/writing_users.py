"""How do checked rows become users? By statements over all of them at once, so that the pool is locked for a short while only."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, case, exists, false, insert, literal, null, or_, select, update

from portal import clock
from portal.imports.faults import Fault, RowFault, written
from portal.models import Ending, ImportRow, PhoneState, SignIn, User, Verdict
from portal.models.columns import table
from portal.signin.flow import moves

_row, _user = table(ImportRow), table(User)
_KEYS = ("username_key", "email_key", "phone")
_SAID = ("username", "username_key", "email", "email_key", "phone", "phone_reversed", "name", "name_key")
_UNPROVEN = literal(PhoneState.UNPROVEN, _user.c.phone_state.type)


def span(found: Row[Any], after: int, up_to: int) -> ColumnElement[bool]:
    """The rows behind `after` up to `up_to`, by their numbers."""
    return and_(_row.c.import_id == found.id, _row.c.number > after, _row.c.number <= up_to)


def mark_overtaken(connection: Connection, rows: ColumnElement[bool]) -> int:
    """Lock the users of these rows, and mark the rows that do not fit the pool any more; returns how many those are.

    The users in the order of their ids, as whoever locks several does: in another order two wait for each other.
    """
    updates = rows & (_row.c.verdict == Verdict.UPDATE)
    named = select(_user.c.id).join(_row, _row.c.user_id == _user.c.id).where(updates).order_by(_user.c.id)
    connection.execute(named.with_for_update(of=_user)).all()
    same = exists().where(_user.c.id == _row.c.user_id, _user.c.version == _row.c.version)
    overtaken = or_(
        and_(_row.c.verdict == Verdict.CREATE, or_(*(_taken(key) for key in _KEYS))),
        and_(_row.c.verdict == Verdict.UPDATE, or_(~same, *(_taken(key, _user.c.id != _row.c.user_id) for key in _KEYS))),
    )
    marked = update(_row).where(rows, overtaken).values(verdict=Verdict.FAULTY, faults=written(Fault(RowFault.OVERTAKEN)))
    return connection.execute(marked).rowcount


def _taken(key: str, *but: Any) -> ColumnElement[bool]:
    return exists().where(_user.c[key] == _row.c[key], *but)


def write(connection: Connection, rows: ColumnElement[bool]) -> None:
    """Create and change the users of these rows, and end the sign-ins that this makes untrue. The users come first."""
    _create(connection, rows & (_row.c.verdict == Verdict.CREATE))
    updates = rows & (_row.c.verdict == Verdict.UPDATE)
    _update(connection, updates)
    _end(connection, updates & _row.c.number_changed.is_not(null()), Ending.PHONE_CHANGED)
    _end(connection, updates & _row.c.suspension_changed.is_(True), Ending.SUSPENDED)


def _create(connection: Connection, rows: ColumnElement[bool]) -> None:
    values: dict[str, Any] = {
        **{name: _row.c[name] for name in _SAID}, "phone_state": case((_row.c.phone.is_not(None), _UNPROVEN)),
        "suspended": case((_row.c.suspended.is_(True), literal(True)), else_=false()), "password_must_change": false(),
        "created_at": literal(clock.now()), "wrong_codes": literal(0), "dead_codes": literal(0), "version": literal(1),
    }
    connection.execute(insert(_user).from_select(list(values), select(*values.values()).where(rows), include_defaults=False))


def _update(connection: Connection, rows: ColumnElement[bool]) -> None:
    kept = {name: case((_row.c[name].is_not(None), _row.c[name]), else_=_user.c[name]) for name in _SAID}
    values = {
        **kept, "version": _user.c.version + 1,
        "phone_state": case((_row.c.number_changed.is_not(null()), _UNPROVEN), else_=_user.c.phone_state),
        "suspended": case((_row.c.suspension_changed.is_not(None), _row.c.suspension_changed), else_=_user.c.suspended),
    }
    connection.execute(update(_user).where(rows, _user.c.id == _row.c.user_id).values(values))


def _end(connection: Connection, rows: ColumnElement[bool], because: Ending) -> None:
    moves.end(connection, SignIn.user_id.in_(select(_row.c.user_id).where(rows)), because)
