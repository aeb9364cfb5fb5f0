"""Whom would a switch touch? The numbers beside it, before it is thrown; each is exact, or said to be more."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, SQLColumnExpression, Subquery, func, or_, select

from portal import clock
from portal.database import reading
from portal.keyset import Count
from portal.models import Application, Method, Role, SignIn, User
from portal.models.switch import PORTAL

_DAY = 86_400
COUNTED = 5_000
"""Counts stop here: of a user or a login that is counted, its row is read."""


@dataclass(frozen=True)
class Logins:
    """Of the last 24 hours, by identity source: those of people in the console, and those of everybody else."""

    console: Mapping[str, int]
    others: Mapping[str, int]
    exact: bool

    def of(self, sources: Collection[str], *, console: bool) -> Count:
        """How many through those sources; with those of the people in the console or without."""
        parts = [self.others, self.console] if console else [self.others]
        number = sum(part.get(source, 0) for part in parts for source in sources)
        return Count(min(number, COUNTED), self.exact)


@dataclass(frozen=True)
class Reach:
    """Users with and without a phone number, people with a role in the console, all not suspended; and the logins.

    Every count stops at a bound, so that no page waits for a count of millions.
    """

    with_phone: Count
    without_phone: Count
    console: Count
    logins: Logins


def reach(scope: str = PORTAL) -> Reach:
    """What the page of these switches tells: logins through that application, or under the global rules."""
    with reading(planned_anew=True) as connection:
        return Reach(
            with_phone=_users(connection, User.phone_state.is_not(None), User.phone_state),
            without_phone=_users(connection, User.phone_state.is_(None), User.phone_state),
            console=_users(connection, User.role.in_(list(Role)), User.role),
            logins=_logins(connection, scope))


def vouched(source: str) -> Count:
    """Of the last 24 hours, the logins of people without a role that came with that source's word for a second factor."""
    some, began = _newest(PORTAL), clock.now() - _DAY
    told = some.c.methods[Method.VOUCHED.value].as_float().is_not(None)
    found = (select(func.count()).select_from(some).join(User, User.id == some.c.user_id)
             .where(some.c.source == source, some.c.created_at > began, some.c.trial_id.is_(None), User.role.is_(None), told))
    with reading(planned_anew=True) as connection:
        number = connection.execute(found).scalar_one()
        return Count(min(number, COUNTED), _reaches_back(connection, PORTAL, began))


def _users(connection: Connection, condition: ColumnElement[bool], index: SQLColumnExpression[Any]) -> Count:
    """The bound holds before the suspended are left out: however many there are, no more rows are read than that.

    The order keeps PostgreSQL to the index: where these users are all at the end of the table, it would read that first.
    """
    some = select(User.suspended).where(condition).order_by(index).limit(COUNTED + 1).subquery()
    counted = select(func.count(), func.count().filter(some.c.suspended.is_(False))).select_from(some)
    looked_at, active = connection.execute(counted).one()
    return Count(min(active, COUNTED), looked_at <= COUNTED)


def _logins(connection: Connection, scope: str) -> Logins:
    """The newest sign-ins by id, as many as are counted; which of them are of the last day is seen then."""
    some, began = _newest(scope), clock.now() - _DAY
    role = User.role.is_not(None)
    statement = (
        select(some.c.source, role.label("console"), func.count().label("number"))
        .select_from(some).join(User, User.id == some.c.user_id)
        .outerjoin(Application, Application.id == some.c.application_id)
        .where(some.c.created_at > began, some.c.trial_id.is_(None), _under(scope))
        .group_by(some.c.source, role))
    parts: dict[bool, dict[str, int]] = {True: {}, False: {}}
    for row in connection.execute(statement):
        parts[bool(row.console)][row.source] = row.number
    return Logins(parts[True], parts[False], _reaches_back(connection, scope, began))


def _reaches_back(connection: Connection, scope: str, began: float) -> bool:
    """Whether as many as are counted are all since then. The one behind them is found by ids alone."""
    behind = _in_order(select(SignIn.id), scope).offset(COUNTED).limit(1).scalar_subquery()
    oldest = connection.execute(select(SignIn.created_at).where(SignIn.id == behind)).scalar()
    return oldest is None or oldest <= began


def _newest(scope: str) -> Subquery:
    columns: list[Any] = [
        SignIn.source, SignIn.methods, SignIn.user_id, SignIn.application_id, SignIn.trial_id, SignIn.created_at]
    return _in_order(select(*columns), scope).limit(COUNTED + 1).subquery()


def _in_order(statement: Select[Any], scope: str) -> Select[Any]:
    here = statement if scope == PORTAL else statement.where(SignIn.application_id == int(scope))
    return here.order_by(SignIn.id.desc())


def _under(scope: str) -> ColumnElement[bool]:
    """Under the global rules are those through no application, or through one without rules of its own."""
    if scope != PORTAL:
        return Application.id == int(scope)
    return or_(Application.customises.is_(None), Application.customises.is_(False))
