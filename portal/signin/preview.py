"""Would this person be asked for a code there, and which rung says so? As the sign-in decides it, without one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, bindparam, select

from portal import clock
from portal.accounts import users
from portal.accounts.users import NoSuchUser
from portal.applications import register
from portal.applications.register import NoSuchApplication
from portal.database import reading
from portal.extensions import settings
from portal.models import Application, Switch, User
from portal.signin.policy import Demand, Device, Person, Rung, ladder
from portal.signin.rules import COLUMNS, SOURCES, Binder, InForce, in_force, of_sign_in

_app = bindparam("application", type_=Application.id.type)
_standing = (
    select(User.id.label("user_id"), User.username, User.email, User.phone, User.name.label("full_name"), User.role,
           User.suspended, User.bypass_until, User.password_must_change, User.password_hash.is_not(None).label("password"),
           Application.customises, *COLUMNS)
    .select_from(User).outerjoin(Application, Application.id == _app)
    .outerjoin(Switch, of_sign_in(_app))
    .where(User.id == bindparam("user"))
)


class Fault(StrEnum):
    """Why there is nothing to show."""

    NOBODY = "nobody has that identifier"
    NO_SOURCE = "there is no such identity source"
    NO_APPLICATION = "there is no such application"


class Follows(StrEnum):
    """Where the person would be led after the first factor."""

    NOWHERE = "suspended"
    WITHOUT_PASSWORD = "no password"  # noqa: S105 - what is missing, no secret
    INSIDE = "signed in"
    NEW_PASSWORD = "a new password"  # noqa: S105 - a step, no secret
    CODE = "the code page"
    BIND = "the bind window"
    ASK = "told to ask an administrator"


@dataclass(frozen=True, kw_only=True)
class Preview:
    """What would happen: the rungs of the ladder, the one that decides, and what follows. `own`: the application's rules."""

    user_id: int
    person: str
    application: str | None
    own: bool
    rungs: tuple[Rung, ...]
    decisive: Rung
    follows: Follows


@dataclass(frozen=True)
class Asked:
    """Who would sign in, by which source, through which application; the portal itself where it is empty."""

    who: str
    source: str
    application: str = ""


def preview(asked: Asked) -> Preview | Fault:
    """What would happen. It reads the rules that a sign-in would read, and asks the same policy."""
    if asked.source not in SOURCES:
        return Fault.NO_SOURCE
    try:
        application = register.find(asked.application) if asked.application.strip() else None
        with reading() as connection:
            user_id = users.find_id(connection, asked.who, settings().portal_home_country)
            rows = _rows(connection, user_id, application.id if application else None)
    except NoSuchApplication:
        return Fault.NO_APPLICATION
    except NoSuchUser:
        return Fault.NOBODY
    return _preview(rows, asked, application.name if application else None) if rows else Fault.NOBODY


def _rows(connection: Connection, user_id: int, application_id: int | None) -> Sequence[Any]:
    return connection.execute(_standing, {"user": user_id, "application": application_id}).all()


def _preview(rows: Sequence[Any], asked: Asked, application: str | None) -> Preview:
    row, rules = rows[0], in_force(rows)
    person = Person(in_console=row.role is not None, bypass=(row.bypass_until or 0.0) > clock.now())
    rungs = ladder(rules.rules, source=asked.source, person=person, device=Device(), demand=Demand())
    decisive = next(rung for rung in rungs if rung.matches)
    return Preview(user_id=row.user_id, person=row.full_name or row.username or row.email or asked.who, application=application,
                   own=bool(row.customises), rungs=rungs, decisive=decisive, follows=_follows(row, decisive, rules))


def _follows(row: Any, decisive: Rung, rules: InForce) -> Follows:
    if row.suspended:
        return Follows.NOWHERE
    if not row.password:
        return Follows.WITHOUT_PASSWORD
    if not decisive.required:
        return Follows.NEW_PASSWORD if row.password_must_change else Follows.INSIDE
    if row.phone:
        return Follows.CODE
    return Follows.BIND if rules.binder is Binder.USER else Follows.ASK
