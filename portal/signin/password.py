"""Was the first factor `password` passed? Throttled, checked in even time, and the same answer for every failure."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy import update

from portal import audit
from portal.accounts import credentials, identifiers
from portal.accounts.credentials import Proof
from portal.audit import Event, What
from portal.database import writing
from portal.extensions import settings
from portal.models import User
from portal.signin import throttle
from portal.trace import Client


@dataclass(frozen=True)
class Refused:
    """The first factor was not passed. `wait`: seconds until the next try is looked at, 0 for at once."""

    wait: float = 0.0


def prove(typed: str, password: str, client: Client) -> Proof | Refused:
    """Check an identifier as typed with a password. Raises CountersGone when tries cannot be counted."""
    identifier = identifiers.read(typed, settings().portal_home_country)
    candidate = credentials.find(identifier)
    ticket = throttle.admit(identifier.key, candidate.user_id)
    if ticket.wait > 0:
        _record(candidate.user_id, client, "too many tries")
        return Refused(ticket.wait)
    proof = credentials.check(candidate, password)
    if proof is None or ticket.silent:
        _record(candidate.user_id, client, "refused")
        return Refused()
    throttle.passed(ticket)
    return _renewed(proof, password) if proof.outdated else proof


def refused_late(proof: Proof, client: Client) -> Refused:
    """The account changed between the proof, of whichever source, and its use: the answer is that of a wrong password."""
    _record(proof.user_id, client, "account changed", proof.source)
    return Refused()


def _record(user_id: int | None, client: Client, outcome: str, source: str = credentials.SOURCE) -> None:
    detail = {"source": source}
    audit.note(client, Event(event=What.FIRST_FACTOR_REFUSED, outcome=outcome, user_id=user_id, detail=detail))


def _renewed(proof: Proof, password: str) -> Proof:
    """Hash anew with the parameters of today, unless the password was changed meanwhile."""
    new = credentials.hashed(password)
    with writing() as connection:
        held = (User.id == proof.user_id) & (User.password_hash == proof.password_hash)
        renewed = connection.execute(update(User).where(held).values(password_hash=new))
    return replace(proof, password_hash=new, outdated=False) if renewed.rowcount else proof
