"""What is known of a pending sign-in? The one read that every step of it begins with."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, TypeGuard, cast

from sqlalchemy import Connection, Row, bindparam, case, func, literal, select
from sqlalchemy.orm import aliased

from portal import clock
from portal.accounts import credentials
from portal.applications import brand
from portal.keys import token_digest
from portal.models import Allowance, Application, Message, PhoneState, SignIn, State, User
from portal.signin import session


@dataclass(frozen=True, kw_only=True)
class Addressee:
    """Where the next message of a sign-in goes and what has been sent before: all that `codes` needs to decide."""

    user_id: int
    phone: str
    address: str
    expires_at: float
    wrong_codes: int
    codes_paused_until: float | None
    phone_state: PhoneState | None
    binding: bool = False
    texts: int = 0
    code_nonce: bytes | None = None
    code_key: str | None = None
    code_started_at: float | None = None
    code_expires_at: float | None = None
    code_tries: int = 0


_FIELDS = tuple(field.name for field in fields(Addressee))


def addressee(row: Any, **changes: Any) -> Addressee:
    """The addressee that a row of `lock` or `shown` describes, with some facts changed."""
    return Addressee(**({name: getattr(row, name) for name in _FIELDS} | changes))


PENDING = (State.AWAITING_PHONE, State.AWAITING_CODE, State.AWAITING_PASSWORD)

_latest = select(func.max(Message.id)).where(Message.sign_in_id == SignIn.id).correlate(SignIn).scalar_subquery()
_pause = aliased(Allowance)
# A scalar: PostgreSQL locks no row that an outer join may leave out.
_application = select(Application.name).where(Application.id == SignIn.application_id).correlate(SignIn).scalar_subquery()
_gateway = (select(Message.gateway).where(Message.sign_in_id == SignIn.id).order_by(Message.id.desc()).limit(1)
            .correlate(SignIn).scalar_subquery())
_columns: tuple[Any, ...] = (
    SignIn.id, SignIn.user_id, SignIn.state, SignIn.source, SignIn.application_id, SignIn.methods, SignIn.reason,
    SignIn.next_address, SignIn.expires_at, SignIn.must_end_at, SignIn.seen_at, SignIn.completed_at, SignIn.address,
    SignIn.phone, SignIn.binding, SignIn.code_nonce, SignIn.code_key, SignIn.code_started_at,
    SignIn.code_expires_at, SignIn.code_tries, SignIn.dead_codes, SignIn.texts, SignIn.numbers, SignIn.ended_because,
    User.phone.label("user_phone"), User.phone_state, User.wrong_codes, User.dead_codes.label("user_dead_codes"),
    User.wrong_code_at, User.codes_paused_until, User.suspended, User.password_must_change,
)
_both = select(*_columns).select_from(SignIn).join(User, User.id == SignIn.user_id)
# A sign-in of a trial is none outside of it, nor inside another; and the other way round.
HERE = SignIn.trial_id.is_not_distinct_from(bindparam("trial", type_=SignIn.trial_id.type))
_attempt = _both.where(SignIn.token_hash == bindparam("token"), HERE)
# The user first, as whoever changes a user does: in another order two sign-ins of one person wait for each other.
_locked = _attempt.add_columns(_application.label("application"), _gateway.label("gateway")).with_for_update(of=(User, SignIn))
_choosing = _attempt.add_columns(User.password_hash, User.username, User.email, User.name)
# As `codes` counts it: read here in the same statement, for the page that shows the seconds.
_pause_of_number = case((SignIn.binding, literal("pause:bind:")), else_=literal("pause:")) + SignIn.phone
_shown = (
    _attempt.add_columns(
        Message.state.label("message_state"), Message.reason.label("message_reason"), Message.nonce.label("message_nonce"),
        Message.channel.label("message_channel"), Message.settled_at,
        (_pause.started_at + _pause.seconds).label("pause_ends_at"),
        *brand.COLUMNS)
    .outerjoin(Application, Application.id == SignIn.application_id)
    .outerjoin(Message, Message.id == _latest)
    .outerjoin(_pause, _pause.key == _pause_of_number)
)


def keys(token: str) -> dict[str, Any]:
    """What a sign-in of this request is found by: its token's digest, and the trial that it belongs to, or none."""
    return {"token": token_digest(token), "trial": session.trial_id()}


def lock(connection: Connection, token: str) -> Row[Any] | None:
    """The sign-in of that token with its user, both locked until the transaction ends; None if there is none."""
    return connection.execute(_locked, keys(token)).first()


def shown(connection: Connection, token: str) -> Row[Any] | None:
    """The sign-in of that token with the state of its newest message, for its page; None if there is none."""
    return connection.execute(_shown, keys(token)).first()


def choosing(connection: Connection, token: str) -> Row[Any] | None:
    """The sign-in of that token with what its user's next password must have nothing of; None if there is none."""
    return connection.execute(_choosing, keys(token)).first()


def pending(row: Row[Any] | None) -> TypeGuard[Row[Any]]:
    """Whether there is this sign-in, waits for what it lacks, and may still go on."""
    return row is not None and row.state in PENDING and row.expires_at > clock.now() and not row.suspended


def owes_password(row: Any, source: str) -> bool:
    """Whether this user, coming with a password, must replace it before they are in."""
    return bool(row.password_must_change) and source == credentials.SOURCE


def has_live_code(row: Any) -> bool:
    """Whether there is a code that can still be typed."""
    return row.code_nonce is not None and cast(float, row.code_expires_at) > clock.now()
