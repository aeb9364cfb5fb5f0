"""Which sign-ins has a person had, and how does each stand now?"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import select

from portal import clock, keyset
from portal.database import reading
from portal.keyset import Count, Order, Page
from portal.models import Application, SignIn, State
from portal.models.columns import table
from portal.signin.visitor import over

_ID = table(SignIn).c.id
_COLUMNS: tuple[Any, ...] = (
    SignIn.id, SignIn.state, SignIn.source, SignIn.trial_id, SignIn.methods, SignIn.reason, SignIn.created_at, SignIn.expires_at,
    SignIn.seen_at, SignIn.completed_at, SignIn.ended_at, SignIn.ended_because, SignIn.address, SignIn.agent,
    Application.name.label("application"),
)
_SIGN_INS = select(*_COLUMNS).outerjoin(Application, Application.id == SignIn.application_id)


class Standing(StrEnum):
    """How a sign-in stands. EXPIRED: its time ran out, under way or complete, though nobody ended it."""

    UNDER_WAY = "under way"
    COMPLETE = "complete"
    EXPIRED = "expired"
    ENDED = "ended"


@dataclass(frozen=True)
class History:
    """One page of a person's sign-ins, newest first, and how many there are."""

    page: Page
    count: Count


def of_user(user_id: int, cursor: str | None) -> History:
    """The sign-ins of that user, tries of an application's login among them."""
    where = SignIn.user_id == user_id
    with reading(planned_anew=True) as connection:
        page = keyset.page(connection, _SIGN_INS.where(where), Order(id=_ID, descending=True), cursor=cursor)
        return History(page, keyset.count(connection, select(SignIn.id).where(where)))


def standing(row: Any) -> Standing:
    """How a sign-in of `of_user` stands at this moment."""
    if row.state is State.ENDED:
        return Standing.ENDED
    if row.state is State.COMPLETE:
        return Standing.EXPIRED if over(row) else Standing.COMPLETE
    return Standing.UNDER_WAY if row.expires_at > clock.now() else Standing.EXPIRED


def live(row: Any) -> bool:
    """Whether a sign-in can still be used, and so be ended."""
    return standing(row) in (Standing.UNDER_WAY, Standing.COMPLETE)
