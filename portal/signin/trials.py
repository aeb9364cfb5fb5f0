"""Which *Experience login* is this request part of? Beginning one, finding it again, ending it."""

from __future__ import annotations

from dataclasses import dataclass

from flask import g
from sqlalchemy import insert, select, update

from portal import audit, clock, trace
from portal.applications import register
from portal.audit import Event, What
from portal.database import reading, writing
from portal.models import Application, Ending, SignIn, Trial
from portal.signin import session
from portal.signin.flow import moves
from portal.signin.session_cookies import LIFETIME
from portal.trace import Actor, Client


@dataclass(frozen=True, kw_only=True)
class Tried:
    """A trial that is under way: of which application, by its id, client id and name; begun by whom, when, and until when.

    `customises`: by now the application has rules of its own in force.
    """

    id: int
    application_id: int
    client_id: str
    application: str
    customises: bool
    started_by: str
    started_at: float
    ends_at: float

    @property
    def mark(self) -> trace.Trial:
        """The trial as a request's client carries it."""
        return trace.Trial(self.id, self.ends_at)


@dataclass(frozen=True)
class Started:
    """A new trial: its id, and the client id of its application."""

    id: int
    client_id: str


_tried = (
    select(Trial.id, Trial.application_id, Application.client_id, Application.name.label("application"),
           Application.customises, Trial.started_by, Trial.started_at, Trial.ends_at)
    .join(Application, Application.id == Trial.application_id)
)


def start(application_id: int, client: Client, *, actor: Actor) -> Started:
    """Begin a trial of that application. Raises NoSuchApplication."""
    now = clock.now()
    with writing() as connection:
        application = register.profile(connection, application_id)
        columns = {"application_id": application_id, "started_by": actor.name, "started_at": now, "ends_at": now + LIFETIME}
        trial_id = int(connection.execute(insert(Trial).values(**columns).returning(Trial.id)).scalar_one())
        event = Event(event=What.TRIAL_STARTED, actor=actor, application_id=application_id, detail={"trial": trial_id})
        audit.record(connection, client, event)
    return Started(trial_id, application.client_id)


def current() -> Tried | None:
    """The trial that this request is part of; None outside of trials, and when it is over. Looked up once per request."""
    trial_id = session.trial_id()
    if trial_id is None:
        return None
    if "trial" not in g:
        g.trial = _find(trial_id)
    found: Tried | None = g.trial
    return found


def _find(trial_id: int) -> Tried | None:
    with reading() as connection:
        row = connection.execute(_tried.where(Trial.id == trial_id, Trial.ends_at > clock.now())).first()
    return Tried(**row._mapping) if row else None


def end(tried: Tried, client: Client) -> None:
    """End a trial before its time, with its sign-ins, and let this browser forget it."""
    with writing() as connection:
        moves.end(connection, SignIn.trial_id == tried.id, Ending.CANCELLED)
        connection.execute(update(Trial).where(Trial.id == tried.id).values(ends_at=clock.now()))
        audit.record(connection, client, Event(event=What.TRIAL_ENDED, application_id=tried.application_id))
    session.leave_trial()
    g.trial = None
