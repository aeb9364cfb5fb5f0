"""What becomes of a phone number that an outside source tells? It is bound, suggested, or left alone."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, select, update
from sqlalchemy.exc import IntegrityError

from portal import audit
from portal.accounts import phones
from portal.audit import Event, What
from portal.messages import guard, standing
from portal.models import PhoneState, User, phone_columns
from portal.sources.claims import Claimed
from portal.sources.register import Source
from portal.trace import Actor, Client


def trusted(connection: Connection, source: Source, claimed: Claimed) -> str | None:
    """The number, if the source is trusted to know it, texts go there, and nobody has it."""
    number = _told(source, claimed)
    if number is None or not source.settings.get("trust_phone"):
        return None
    taken = connection.execute(select(User.id).where(User.phone == number)).first()
    return None if taken else number


def taken_over(connection: Connection, source: Source, row: Any, claimed: Claimed, client: Client) -> str | None:
    """Bind the number of a linked user who has none, where the source is trusted to know it: not proven, until its first code.

    Otherwise returns it, as what may stand in the bind window already.
    """
    number = _told(source, claimed)
    if number is None or row.phone is not None:
        return None
    if not source.settings.get("trust_phone") or client.trial is not None:
        return number
    if trusted(connection, source, claimed) and _bind(connection, row.user_id, number):
        detail = {"to": phones.mask(number), "source": source.key}
        bound = Event(event=What.PHONE_BOUND, outcome="not proven", user_id=row.user_id, actor=Actor(source.title), detail=detail)
        audit.record(connection, client, bound)
    return None


def _told(source: Source, claimed: Claimed) -> str | None:
    if not claimed.phone or not source.settings.get("take_phone"):
        return None
    return None if guard.refusal(claimed.phone, standing.current().rules) else claimed.phone


def _bind(connection: Connection, user_id: int, number: str) -> bool:
    columns = phone_columns(number, PhoneState.UNPROVEN) | {"version": User.version + 1}
    try:
        with connection.begin_nested():
            connection.execute(update(User).where(User.id == user_id).values(columns))
    except IntegrityError:
        return False
    return True
