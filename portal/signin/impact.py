"""Whom would a switch touch? The numbers beside it, before it is thrown."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from portal import clock
from portal.database import reading
from portal.models import SignIn, User

_DAY = 86_400
_COUNTED = 10_000


@dataclass(frozen=True)
class Reach:
    """Users with and without a phone number, administrators, and sign-ins by source in the last day.

    `exact` is False where counting stopped at 10 000, so that the page never waits for a count of millions.
    """

    with_phone: int
    without_phone: int
    administrators: int
    sign_ins: dict[str, int]
    exact: bool


def reach() -> Reach:
    """Count what the page of switches tells; every count stops at a bound."""
    with reading() as connection:
        users = select(User.phone, User.role).where(User.suspended.is_(False)).limit(_COUNTED).subquery()
        whole, phones = connection.execute(select(func.count(), func.count(users.c.phone)).select_from(users)).one()
        administrators = connection.execute(select(func.count()).select_from(User).where(User.role.is_not(None))).scalar_one()
        today = select(SignIn.source).where(SignIn.created_at > clock.now() - _DAY)
        recent = today.order_by(SignIn.id.desc()).limit(_COUNTED).subquery()
        sources = connection.execute(select(recent.c.source, func.count()).group_by(recent.c.source)).all()
    return Reach(phones, whole - phones, administrators, {row[0]: row[1] for row in sources}, whole < _COUNTED)
