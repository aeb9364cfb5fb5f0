"""Would this person be asked for a code there, and which rung says so? As the sign-in decides it, without one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import select

from portal.accounts import users
from portal.accounts.users import NoSuchUser
from portal.applications import register
from portal.applications.register import NoSuchApplication, Profile
from portal.database import reading
from portal.extensions import settings
from portal.models import User
from portal.signin import attempt
from portal.signin.flow import decision
from portal.signin.policy import Rung
from portal.signin.rules import Binder, in_force
from portal.sources import register as sources


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
    if asked.source not in sources.keys(sources.fresh()):
        return Fault.NO_SOURCE
    try:
        application = register.find(asked.application) if asked.application.strip() else None
        with reading() as connection:
            user_id = users.find_id(connection, asked.who, settings().portal_home_country)
            rows = decision.seen(connection, user_id, application.id if application else None)
            called = connection.execute(select(User.name, User.username, User.email).where(User.id == user_id)).first()
    except NoSuchApplication:
        return Fault.NO_APPLICATION
    except NoSuchUser:
        return Fault.NOBODY
    if not rows or called is None:
        return Fault.NOBODY
    return _preview(rows, asked, application, person=next(filter(None, called), asked.who))


def _preview(rows: Sequence[Any], asked: Asked, application: Profile | None, *, person: str) -> Preview:
    rungs = decision.rungs(rows, asked.source)
    decisive = next(rung for rung in rungs if rung.matches)
    return Preview(user_id=rows[0].id, person=person, application=application.name if application else None,
                   own=application is not None and application.customises, rungs=rungs, decisive=decisive,
                   follows=_follows(rows, asked.source, decisive))


def _follows(rows: Sequence[Any], source: str, decisive: Rung) -> Follows:
    row = rows[0]
    if row.suspended:
        return Follows.NOWHERE
    if not row.password_hash:
        return Follows.WITHOUT_PASSWORD
    if not decisive.required:
        return Follows.NEW_PASSWORD if attempt.owes_password(row, source) else Follows.INSIDE
    if row.phone:
        return Follows.CODE
    return Follows.BIND if in_force(rows).binder is Binder.USER else Follows.ASK
