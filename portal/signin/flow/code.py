"""Is this the code, and what follows? Checking a code and sending it again."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, update
from sqlalchemy.exc import IntegrityError

from portal import audit, clock
from portal.audit import Event, What
from portal.database import writing
from portal.extensions import settings
from portal.keys import new_token
from portal.messages import measured, outbox, standing
from portal.models import Channel, Ending, Method, PhoneState, State, User, phone_columns
from portal.signin import attempt, codes, comparing, session, voice
from portal.signin.attempt import addressee
from portal.signin.codes import Draft, Obstacle, Refusal
from portal.signin.flow import moves
from portal.signin.flow.binding import withdrawn
from portal.signin.flow.steps import GONE, Answer, CodeReason, CodeVerdict, Moved, Step, step_of
from portal.signin.flow.wrong import count_wrong
from portal.trace import Client

_GONE = CodeVerdict(CodeReason.GONE, moved=GONE)
_MALFORMED = CodeVerdict(CodeReason.MALFORMED)
_NOT_COMPARED = (CodeReason.EXPIRED, CodeReason.PAUSED, CodeReason.LOCKED)
_PHONE_FIRST = CodeVerdict(CodeReason.GONE, moved=Moved(Step.PHONE))


def submit_code(typed: str, client: Client) -> CodeVerdict:
    """Check what a person typed. Of parallel submissions of the right code exactly one completes the sign-in.

    The row is locked before the comparison and the outcome is written before it is told, so every wrong try counts.
    """
    token = session.pending_token()
    if token is None:
        return _GONE
    code, fresh = comparing.typed(typed), new_token()
    with writing() as connection:
        row = attempt.lock(connection, token)
        verdict = _refusal(connection, row, code, client)
        if verdict is None:
            right = comparing.right(row, code)
            verdict = _accept(connection, row, fresh, client) if right else count_wrong(connection, row, client)
    if verdict.reason is CodeReason.RIGHT:
        hold = session.hold_pending if verdict.moved.step is Step.PASSWORD else session.hold_complete
        hold(fresh)
    return verdict


def _refusal(connection: Connection, row: Any, code: str, client: Client) -> CodeVerdict | None:
    """Why the code is not even compared, recorded where a code was refused that might have been right once."""
    verdict = _closed(row) or (None if comparing.well_formed(code) else _MALFORMED)
    if verdict is None:
        return _PHONE_FIRST if withdrawn(connection, row, client) else None
    if verdict.reason in _NOT_COMPARED:
        refused = Event(event=What.CODE_NOT_CHECKED, outcome=verdict.reason.value, user_id=row.user_id, sign_in_id=row.id)
        audit.record(connection, client, refused)
    return verdict


def _closed(row: Any) -> CodeVerdict | None:
    """Why no code can be right now, whatever it is."""
    if not attempt.pending(row):
        return _GONE
    if row.state != State.AWAITING_CODE:
        return CodeVerdict(CodeReason.GONE, moved=Moved(step_of(row.state)))
    if codes.locked(row):
        return CodeVerdict(CodeReason.LOCKED)
    if pause := codes.paused_for(row):
        return CodeVerdict(CodeReason.PAUSED, seconds=pause)
    return None if attempt.has_live_code(row) else CodeVerdict(CodeReason.EXPIRED)


def _accept(connection: Connection, row: Any, token: str, client: Client) -> CodeVerdict:
    if row.binding and not _bind(connection, row, client):
        return CodeVerdict(CodeReason.PHONE_TAKEN, moved=Moved(Step.PHONE))
    _clear_wrong_codes(connection, row)
    methods, owes = row.methods | {Method.SMS.value: clock.now()}, attempt.owes_password(row, row.source)
    columns = (moves.awaiting_password(token, row.must_end_at) | {"methods": methods} if owes else
               moves.completion(token, methods, row.completed_at, trial=client.trial))
    moves.change(connection, row.id, binding=False, **columns)
    codes.give_back(connection, row)
    audit.record(connection, client, *_accepted(row, complete=not owes))
    measured.verified(connection, row.phone, row.gateway, clock.now() - (row.code_started_at or clock.now()))
    return CodeVerdict(CodeReason.RIGHT, moved=Moved(Step.PASSWORD) if owes else Moved(Step.HOME, row.next_address))


def _accepted(row: Any, *, complete: bool) -> list[Event]:
    who = {"user_id": row.user_id, "sign_in_id": row.id, "application_id": row.application_id}
    bound = [Event(event=What.PHONE_BOUND, detail={"to": moves.masked(row.phone)}, **who)] if row.binding else []
    inside = [Event(event=What.SIGN_IN_COMPLETE, outcome=row.reason, detail={"source": row.source}, **who)] if complete else []
    return [*bound, Event(event=What.CODE_ACCEPTED, **who), *inside]


def _bind(connection: Connection, row: Any, client: Client) -> bool:
    """Make the proven number the user's, unless it is somebody's already: only its holder ever learns that."""
    if not _made_theirs(connection, row):
        moves.change(connection, row.id, state=State.AWAITING_PHONE, phone=None, binding=False, **moves.no_code())
        taken = Event(event=What.PHONE_REFUSED, outcome="taken", user_id=row.user_id, sign_in_id=row.id,
                      detail={"to": moves.masked(row.phone)})
        audit.record(connection, client, taken)
        return False
    moves.end(connection, moves.of_user(row.user_id, keep=row.id), Ending.PHONE_CHANGED)
    return True


def _made_theirs(connection: Connection, row: Any) -> bool:
    """Asked of the table itself: of two people who prove one number at once, its constraint lets one have it."""
    values = {**phone_columns(row.phone, PhoneState.PROVEN), "version": User.version + 1}
    without = update(User).where(User.id == row.user_id, User.phone.is_(None))
    try:
        with connection.begin_nested():
            return connection.execute(without.values(**values)).rowcount == 1
    except IntegrityError:
        return False


def _clear_wrong_codes(connection: Connection, row: Any) -> None:
    """A right code clears the user's count of wrong ones and proves the number; written only where it changes something."""
    if row.wrong_codes or row.user_dead_codes or row.phone_state is not PhoneState.PROVEN:
        values = {"wrong_codes": 0, "dead_codes": 0, "codes_paused_until": None, "phone_state": PhoneState.PROVEN}
        connection.execute(update(User).where(User.id == row.user_id).values(**values))


def resend(client: Client, channel: Channel = Channel.TEXT) -> Answer:
    """Send the code again, or a new one when there is none alive; the server alone decides whether it is time.

    A call counts as a text does: both tell the same code, and both are paid for.
    """
    token, setup = session.pending_token(), standing.current()
    if token is None:
        return GONE
    with writing() as connection:
        row = attempt.lock(connection, token)
        if not attempt.pending(row):
            return GONE
        if row.state != State.AWAITING_CODE:
            return Moved(step_of(row.state))
        if withdrawn(connection, row, client):
            return Moved(Step.PHONE)
        if channel is Channel.VOICE and not voice.offered(row, setup):
            return Refusal(Obstacle.NO_CALL)
        answer, message = send(connection, row, addressee(row), client, first=False, channel=channel)
    if message is not None:
        outbox.post(message)
    return answer


def send(connection: Connection, row: Any, to: attempt.Addressee, client: Client, *, first: bool,  # noqa: PLR0913
         channel: Channel = Channel.TEXT, **columns: Any) -> tuple[Answer, int | None]:
    """Draft a code for `to`, write it with `columns` onto the sign-in, and write its message; or say why not."""
    drafted = codes.draft(connection, to, first=first)
    asked = moves.asked(drafted, user_id=row.user_id, sign_in_id=row.id, phone=to.phone, binding=to.binding,
                        channel=channel)
    audit.record(connection, client, asked)
    if not isinstance(drafted, Draft):
        return drafted, None
    moves.change(connection, row.id, **(columns | drafted.columns))
    message = moves.hand_over(connection, drafted, binding=to.binding, sign_in_id=row.id, user_id=row.user_id, phone=to.phone,
                              locale=client.locale, application=row.application or settings().portal_name,
                              application_id=row.application_id, channel=channel)
    return Moved(Step.CODE), message
