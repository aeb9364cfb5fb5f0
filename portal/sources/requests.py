"""What was asked of an outside source, from which browser, and is this the answer to it? Each is answered once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, delete, insert, select, update

from portal import clock
from portal.database import reading, writing
from portal.keys import new_token, token_digest
from portal.models import RequestPurpose, RequestState, SourceRequest
from portal.models.columns import table
from portal.sources.register import Source

LIFETIME = 600.0
"""Seconds that a person may stay at the source, and that one who arrived may take to say who they are here."""
LONGEST_TOKEN = 100
_table = table(SourceRequest)


@dataclass(frozen=True)
class Opened:
    """What the browser takes along to the source, and what the source's answer is held against. None of it is for pages."""

    state: str
    nonce: str
    verifier: str
    purpose: RequestPurpose = RequestPurpose.LOG_IN


@dataclass(frozen=True, kw_only=True)
class Request:
    """One request that has just been answered, so that it cannot be again."""

    id: int
    source_id: int
    purpose: RequestPurpose
    nonce: str
    verifier: str
    application_id: int | None
    trial_id: int | None
    user_id: int | None
    sign_in_id: int | None
    next_address: str | None
    created_at: float


@dataclass(frozen=True, kw_only=True)
class Arrived:
    """Somebody whom the source knows and no user is linked with. `claims` is what was handed to `arrive`."""

    id: int
    source_id: int
    application_id: int | None
    user_id: int | None
    sign_in_id: int | None
    next_address: str | None
    claims: dict[str, Any]


def begin(  # noqa: PLR0913 - all that the answer will be good for
    source: Source, purpose: RequestPurpose, *, browser: bytes, trial_id: int | None, application_id: int | None = None,
    next_address: str | None = None, user_id: int | None = None, sign_in_id: int | None = None,
) -> Opened:
    """Remember that this browser is sent to the source now."""
    opened = Opened(new_token(), new_token(), new_token(), purpose)
    with writing() as connection:
        connection.execute(insert(_table).values(
            **_row(source, opened.state, browser), trial_id=trial_id, purpose=purpose, state=RequestState.OPEN,
            nonce=opened.nonce, verifier=opened.verifier, application_id=application_id, next_address=next_address,
            user_id=user_id, sign_in_id=sign_in_id))
    return opened


def answered(state: str, *, browser: bytes, trial_id: int | None) -> Request | None:
    """The request that this state answers, for exactly one of all who come with it. None: unknown, over, or another browser's.

    It is over from here on, whatever the answer turns out to be worth.
    """
    names = ("id", "source_id", "purpose", "nonce", "verifier", "application_id", "trial_id", "user_id", "sign_in_id",
             "next_address", "created_at")
    ours = and_(_alive(state, RequestState.OPEN, trial_id), _table.c.browser_hash == browser)
    used = update(_table).where(ours).values(state=RequestState.USED).returning(*(_table.c[name] for name in names))
    with writing() as connection:
        row = connection.execute(used).first()
    return Request(**row._mapping) if row else None


def purpose_of(state: str, *, browser: bytes, trial_id: int | None) -> RequestPurpose | None:
    """What the request of that state is for, as long as this browser may answer it. It stays open."""
    ours = and_(_alive(state, RequestState.OPEN, trial_id), _table.c.browser_hash == browser)
    with reading() as connection:
        return connection.execute(select(_table.c.purpose).where(ours)).scalar()


def trial_of(state: str) -> int | None:
    """Which trial the request of that state belongs to. Says nothing about whether this browser may answer it."""
    with reading() as connection:
        found = select(_table.c.trial_id).where(_table.c.state_hash == token_digest(state[:LONGEST_TOKEN]))
        return connection.execute(found).scalar()


def arrive(  # noqa: PLR0913 - all that is needed when they have said who they are
    source: Source, claimed: Mapping[str, Any], *, browser: bytes, trial_id: int | None, application_id: int | None = None,
    next_address: str | None = None,
) -> str:
    """Remember somebody whom no user is linked with yet; the token by which this browser finds them again.

    `claimed` has at least `issuer` and `subject`, and nothing that JSON cannot hold.
    """
    token = new_token()
    with writing() as connection:
        connection.execute(insert(_table).values(
            **_row(source, token, browser), trial_id=trial_id, purpose=RequestPurpose.LOG_IN, state=RequestState.ARRIVED,
            application_id=application_id, next_address=next_address, issuer=claimed["issuer"], subject=claimed["subject"],
            claims=dict(claimed)))
    return token


def arrived(
    token: str, *, trial_id: int | None, browser: bytes | None = None, sign_in_id: int | None = None,
) -> Arrived | None:
    """Who arrived under that token in this browser or, once bound, in this sign-in. None: nobody, or no longer.

    A token alone finds nobody: name what it is bound to.
    """
    with reading() as connection:
        return _arrived(connection.execute(_found.where(_bound(token, trial_id, browser, sign_in_id))).first())


def bind(connection: Connection, token: str, *, browser: bytes, trial_id: int | None, user_id: int, sign_in_id: int) -> bool:  # noqa: PLR0913
    """Bind them to a sign-in of the user who has just proven that they are the same person: its session is another browser's now.

    Nothing is linked by that. False: nobody arrived under that token, or somebody has bound them already.
    """
    ours = and_(_bound(token, trial_id, browser, None), _table.c.sign_in_id.is_(None))
    bound = connection.execute(update(_table).where(ours).values(user_id=user_id, sign_in_id=sign_in_id))
    return bound.rowcount == 1


def bound(connection: Connection, sign_in_id: int) -> Arrived | None:
    """Who is bound to that sign-in and waits to be linked with its user."""
    ours = and_(_table.c.sign_in_id == sign_in_id, _table.c.state == RequestState.ARRIVED, _table.c.expires_at > clock.now())
    return _arrived(connection.execute(_found.where(ours).order_by(_table.c.id.desc()).limit(1)).first())


def settle(connection: Connection, arrived_id: int) -> bool:
    """It is over with those who arrived. True for exactly one of all who try: link in the same transaction."""
    ours = and_(_table.c.id == arrived_id, _table.c.state == RequestState.ARRIVED)
    return connection.execute(update(_table).where(ours).values(state=RequestState.USED, claims=None)).rowcount == 1


def prune(connection: Connection) -> int:
    """Remove what has expired; how many."""
    return connection.execute(delete(_table).where(_table.c.expires_at < clock.now())).rowcount


_found = select(*(_table.c[name] for name in (
    "id", "source_id", "application_id", "user_id", "sign_in_id", "next_address", "claims")))


def _row(source: Source, token: str, browser: bytes) -> dict[str, Any]:
    now = clock.now()
    return {"state_hash": token_digest(token), "browser_hash": browser, "source_id": source.id, "created_at": now,
            "expires_at": now + LIFETIME}


def _alive(token: str, state: RequestState, trial_id: int | None) -> ColumnElement[bool]:
    ours = and_(_table.c.state_hash == token_digest(token[:LONGEST_TOKEN]), _table.c.state == state)
    # A trial's request is none of the portal's and the reverse: `IS` where there is no trial.
    return and_(ours, _table.c.trial_id.is_(None) if trial_id is None else _table.c.trial_id == trial_id,
                _table.c.expires_at > clock.now())


def _bound(token: str, trial_id: int | None, browser: bytes | None, sign_in_id: int | None) -> ColumnElement[bool]:
    """Comparing with None is false in SQL, so that whoever names neither finds nobody."""
    holder = _table.c.sign_in_id == sign_in_id if sign_in_id is not None else _table.c.browser_hash == (browser or b"")
    return and_(_alive(token, RequestState.ARRIVED, trial_id), holder)


def _arrived(row: Row[Any] | None) -> Arrived | None:
    return Arrived(**row._mapping) if row else None
