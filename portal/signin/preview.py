"""Would this person be asked for a code there, and which rung says so? As the sign-in decides it, without one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, select

from portal.accounts import users
from portal.accounts.users import NoSuchUser
from portal.applications import register
from portal.applications.register import NoSuchApplication
from portal.database import reading
from portal.extensions import settings
from portal.models import Identity, SourceKind, User
from portal.signin import attempt
from portal.signin.flow import decision
from portal.signin.policy import Rung
from portal.signin.rules import Binder, in_force
from portal.sources import register as sources
from portal.sources.register import Source


class Fault(StrEnum):
    """Why there is nothing to show."""

    NOBODY = "nobody has that identifier"
    NO_SOURCE = "there is no such identity source"
    NO_APPLICATION = "there is no such application"
    NOT_OFFERED = "the application does not offer that source"


class Follows(StrEnum):
    """Where the person would be led after the first factor."""

    NOWHERE = "suspended"
    WITHOUT_PASSWORD = "no password"  # noqa: S105 - what is missing, no secret
    NOT_LINKED = "not linked with that source"
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
    source: str
    application: str | None
    own: bool
    rungs: tuple[Rung, ...]
    decisive: Rung
    follows: Follows


@dataclass(frozen=True)
class Asked:
    """Who would sign in, by which source, through which application; the portal itself where it is empty.

    `vouched`: the source says that a second factor was given there.
    """

    who: str
    source: str
    application: str = ""
    vouched: bool = False


def preview(asked: Asked) -> Preview | Fault:
    """What would happen. It reads the rules that a sign-in would read, and asks the same policy."""
    source = next((each for each in sources.fresh() if each.enabled and each.key == asked.source), None)
    if source is None:
        return Fault.NO_SOURCE
    try:
        with reading() as connection:
            return _previewed(connection, asked, source)
    except NoSuchApplication:
        return Fault.NO_APPLICATION
    except NoSuchUser:
        return Fault.NOBODY


def _previewed(connection: Connection, asked: Asked, source: Source) -> Preview | Fault:
    application = register.find_in(connection, asked.application) if asked.application.strip() else None
    if application and source.key in register.hidden_by(connection, [application.id]).get(application.id, ()):
        return Fault.NOT_OFFERED
    user_id = users.find_id(connection, asked.who, settings().portal_home_country)
    rows = decision.seen(connection, user_id, application.id if application else None)
    called = connection.execute(select(User.name, User.username, User.email).where(User.id == user_id)).first()
    if not rows or called is None:
        return Fault.NOBODY
    rungs = decision.rungs(rows, source.key, vouched=asked.vouched and source.is_outside)
    decisive = next(rung for rung in rungs if rung.matches)
    return Preview(
        user_id=user_id, person=next(filter(None, called), asked.who), source=source.key, rungs=rungs, decisive=decisive,
        application=application.name if application else None, own=application is not None and application.customises,
        follows=_hindered(connection, rows[0], source) or _follows(rows, source.key, decisive))


def _hindered(connection: Connection, row: Any, source: Source) -> Follows | None:
    """Why the person does not even get past the first factor; None if nothing stands against it."""
    if row.suspended:
        return Follows.NOWHERE
    if source.kind is SourceKind.PASSWORD and not row.password_hash:
        return Follows.WITHOUT_PASSWORD
    linked = select(Identity.id).where(Identity.user_id == row.id, Identity.source_id == source.id).limit(1)
    return Follows.NOT_LINKED if source.is_outside and connection.execute(linked).first() is None else None


def _follows(rows: Sequence[Any], source: str, decisive: Rung) -> Follows:
    row = rows[0]
    if not decisive.required:
        return Follows.NEW_PASSWORD if attempt.owes_password(row, source) else Follows.INSIDE
    if row.phone:
        return Follows.CODE
    return Follows.BIND if in_force(rows).binder is Binder.USER else Follows.ASK
