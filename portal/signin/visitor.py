"""Who is signed in here, and may they pass this entrance? Every entrance asks the policy again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_login import UserMixin
from sqlalchemy import bindparam, select, update

from portal import clock, trace
from portal.accounts import phones
from portal.database import reading, writing
from portal.extensions import settings
from portal.models import Method, Role, SignIn, State, Switch, User
from portal.models.switch import PORTAL
from portal.signin import attempt, session
from portal.signin.policy import Demand, Device, Person, decide
from portal.signin.rules import COLUMNS, in_force
from portal.trace import Actor

SECOND_FACTORS = frozenset({Method.SMS, Method.BYPASS})
_SEEN_EVERY = 300
LATELY = 600
"""Seconds for which a proof counts as given just now: time to read a page and decide, and none for whoever finds a browser
left open. A sign-in under way lives as long."""

_complete = (
    select(SignIn.id, SignIn.user_id, SignIn.source, SignIn.methods, SignIn.expires_at, SignIn.seen_at, SignIn.completed_at,
           User.username, User.name, User.email, User.phone, User.role, User.suspended, *COLUMNS)
    .select_from(SignIn).join(User, User.id == SignIn.user_id).outerjoin(Switch, Switch.scope == PORTAL)
    .where(SignIn.token_hash == bindparam("token"), attempt.HERE, SignIn.state == State.COMPLETE)
)


@dataclass(frozen=True, kw_only=True)
class Visitor(UserMixin):  # type: ignore[misc]
    """A signed-in person, as Flask-Login's current user. `proven`: this entrance needs no more of them."""

    token: str
    sign_in_id: int
    user_id: int
    username: str | None
    name: str | None
    email: str | None
    phone: str | None
    role: Role | None
    methods: dict[str, float]
    completed_at: float
    proven: bool

    def get_id(self) -> str:
        """The token: what Flask-Login keeps in the session and hands to `load`."""
        return self.token

    @property
    def display_name(self) -> str:
        """What the person is called on pages and in the records of what they did; a number is masked there too."""
        return self.name or self.username or self.email or (phones.mask(self.phone) if self.phone else "")

    @property
    def actor(self) -> Actor:
        """This person as the records name whoever did something."""
        return Actor(self.display_name, self.user_id)

    @property
    def is_administrator(self) -> bool:
        """Whether this person may throw the switches."""
        return self.role is Role.ADMINISTRATOR


def load(token: str) -> Visitor | None:
    """The person whose complete sign-in has this token; None if it is none of ours, has ended, or was idle too long."""
    with reading() as connection:
        rows = connection.execute(_complete, attempt.keys(token)).all()
    if not rows or rows[0].suspended or over(rows[0]):
        return None
    row = rows[0]
    if clock.now() - row.seen_at > min(_SEEN_EVERY, settings().portal_session_idle / 4) and not trace.by_itself.get():
        _note_seen(row.id)
    return Visitor(
        token=token, sign_in_id=row.id, user_id=row.user_id, username=row.username, name=row.name, email=row.email,
        phone=row.phone, role=row.role, methods=row.methods, completed_at=row.completed_at, proven=_proven(rows))


def _proven(rows: Sequence[Any]) -> bool:
    """Whether the second factor was given, or the policy does not require it at the portal's own entrances.

    A trial has one entrance, its application's, which the sign-in has passed.
    """
    return bool(SECOND_FACTORS & rows[0].methods.keys()) or session.trial_id() is not None or not _required(rows)


def _required(rows: Sequence[Any]) -> bool:
    row = rows[0]
    person = Person(in_console=row.role is not None, vouched=Method.VOUCHED in row.methods)
    return decide(in_force(rows).rules, source=row.source, person=person, device=Device(), demand=Demand()).required


def proved_lately(visitor: Visitor) -> bool:
    """Whether the first factor, and the second where the portal requires it, were given within the last `LATELY` seconds."""
    with reading() as connection:
        rows = connection.execute(_complete, attempt.keys(visitor.token)).all()
    if not rows:
        return False
    since, given = clock.now() - LATELY, rows[0].methods
    first = max((at for name, at in given.items() if name not in SECOND_FACTORS), default=0.0)
    second = max((at for name, at in given.items() if name in SECOND_FACTORS), default=0.0)
    return first > since and (second > since or not _required(rows))


def over(row: Any) -> bool:
    """Whether a complete sign-in has ended by itself: by its age, or by idleness."""
    now = clock.now()
    return bool(row.expires_at <= now or row.seen_at + settings().portal_session_idle <= now)


def _note_seen(sign_in_id: int) -> None:
    with writing() as connection:
        connection.execute(update(SignIn).where(SignIn.id == sign_in_id).values(seen_at=clock.now()))
