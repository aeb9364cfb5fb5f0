"""Which row says what after a move? The writes of the flow, none of which commits by itself."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, insert, update

from portal import clock
from portal.accounts.phones import mask
from portal.audit import Event, What
from portal.extensions import settings
from portal.keys import token_digest
from portal.messages import outbox
from portal.models import Channel, Ending, Purpose, SignIn, State
from portal.models.columns import table
from portal.signin.codes import Draft, Refusal
from portal.trace import Client, Trial

_row = table(SignIn)
_insert = insert(_row).returning(_row.c.id)
_update = update(_row).where(_row.c.id == bindparam("the_id"))


def start(connection: Connection, token: str, client: Client, **columns: Any) -> int:
    """Write a new sign-in and return its id. One of a trial does not outlive it, whatever its columns say."""
    now = clock.now()
    lifetime = settings().portal_sign_in_lifetime
    row: dict[str, Any] = {
        "token_hash": token_digest(token), "created_at": now, "seen_at": now, "expires_at": now + lifetime,
        "must_end_at": now + 2 * lifetime, "address": client.address, "agent": client.agent, "locale": client.locale,
        "binding": False, "code_tries": 0, "dead_codes": 0, "texts": 0, "numbers": 0,
    } | columns
    if client.trial:
        ends = {name: min(row[name], client.trial.ends_at) for name in ("expires_at", "must_end_at")}
        row |= {"trial_id": client.trial.id, **ends}
    return int(connection.execute(_insert, row).scalar_one())


def change(connection: Connection, sign_in_id: int, **columns: Any) -> None:
    """Write what has changed of one sign-in, which the caller has locked."""
    connection.execute(_update, columns | {"the_id": sign_in_id})


def completion(token: str, methods: dict[str, float], since: float | None = None, *,
               trial: Trial | None = None) -> dict[str, Any]:
    """The columns of a complete sign-in with its new token; `since`: when it was first complete, after a step-up.

    One of a `trial` ends with it.
    """
    now = clock.now()
    ends = trial.ends_at if trial else (since or now) + settings().portal_session_lifetime
    return {
        "token_hash": token_digest(token), "state": State.COMPLETE, "methods": methods, "completed_at": since or now,
        "seen_at": now, "expires_at": ends, "must_end_at": ends, **no_code(),
    }


def awaiting_password(token: str, must_end_at: float) -> dict[str, Any]:
    """The columns of a sign-in with its new token that lacks nothing but a new password."""
    expires = entering(clock.now(), must_end_at)
    return {"token_hash": token_digest(token), "state": State.AWAITING_PASSWORD, "expires_at": expires, **no_code()}


def no_code() -> dict[str, Any]:
    """The columns of a sign-in whose code is used, dead or replaced: it is never repeated."""
    return {"code_nonce": None, "code_key": None, "code_started_at": None, "code_expires_at": None, "code_tries": 0}


def entering(now: float, must_end_at: float) -> float:
    """Until when a sign-in lives that enters the step of the code or the password: its time begins anew, within its end."""
    return min(now + settings().portal_sign_in_lifetime, must_end_at)


def hand_over(connection: Connection, draft: Draft, **facts: Any) -> int:
    """Write the message that carries a drafted code; returns its id, to be posted after the commit."""
    purpose = Purpose.BIND if facts.pop("binding") else Purpose.LOGIN
    return outbox.add(
        connection, purpose=purpose, nonce=draft.nonce, code_key=draft.columns["code_key"],
        not_after=draft.columns["code_expires_at"], **facts)


def asked(  # noqa: PLR0913 - one argument for each thing that its entry says
    drafted: Draft | Refusal, *, user_id: int, sign_in_id: int, phone: str, binding: bool,
    channel: Channel = Channel.TEXT,
) -> Event:
    """The audit entry that says whether a code was sent to that number, or why not."""
    event, outcome = (What.CODE_SENT, "ok") if isinstance(drafted, Draft) else (What.CODE_NOT_SENT, drafted.obstacle.value)
    detail = {"to": masked(phone), "binding": binding} | ({"call": True} if channel is Channel.VOICE else {})
    detail |= {"limit": drafted.detail} if isinstance(drafted, Refusal) and drafted.detail else {}
    return Event(event=event, outcome=outcome, user_id=user_id, sign_in_id=sign_in_id, detail=detail)


def end(connection: Connection, where: ColumnElement[bool], because: Ending) -> int:
    """End the sign-ins that match; returns how many. The row ends before any cookie does."""
    ended = update(SignIn).where(where, SignIn.state != State.ENDED).values(
        state=State.ENDED, ended_at=clock.now(), ended_because=because.value, code_nonce=None, code_expires_at=None, held=None)
    return connection.execute(ended).rowcount


def of_user(user_id: int, keep: int | None = None) -> ColumnElement[bool]:
    """All sign-ins of a user, but for the one to keep."""
    return (SignIn.user_id == user_id) & (SignIn.id != (keep or 0))


def masked(phone: str | None) -> str | None:
    """How a number is written in the log."""
    return mask(phone) if phone else None
