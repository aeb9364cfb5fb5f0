"""A first factor was passed: what now? Every first factor ends here, and nowhere else."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection

from portal import audit, clock
from portal.accounts import credentials
from portal.accounts.credentials import Proof
from portal.audit import Event, What
from portal.database import writing
from portal.extensions import settings
from portal.keys import new_token, token_digest
from portal.messages import outbox
from portal.models import Ending, Method, SignIn, State
from portal.signin import attempt, codes, session
from portal.signin.attempt import Addressee
from portal.signin.codes import Draft
from portal.signin.flow import moves
from portal.signin.flow.decision import decided, standing
from portal.signin.flow.steps import GONE, Moved, Step, step_of
from portal.signin.policy import Decision, Reason
from portal.trace import Client


@dataclass(frozen=True)
class Visit:
    """What a person came for: through which application (its id), and to which local address afterwards."""

    client: Client
    application_id: int | None = None
    next_address: str | None = None


def begin(proof: Proof, visit: Visit) -> Moved | None:
    """Start the sign-in of a person who passed a first factor; the message, if any, leaves after the commit.

    None when the account was suspended or its password changed since the proof: the proof is worth nothing then.
    A trial ends with its application, also between the proof and its use.
    """
    token = new_token()
    with writing() as connection:
        rows = standing(connection, proof.user_id, visit.application_id)
        if not rows or rows[0].suspended or rows[0].password_hash != proof.password_hash:
            return None
        if visit.client.trial and rows[0].application is None:
            return GONE
        visit = _still_there(visit, rows[0])
        decision = decided(connection, rows, proof)
        _replace_earlier(connection)
        row = rows[0]
        state = _state(decision, row, proof.source)
        message = None
        if state is State.AWAITING_CODE:
            message = _start_with_code(connection, token, visit, _facts(proof, decision), row)
        else:
            _start_plain(connection, token, visit, _facts(proof, decision) | _more(proof, state), state)
    return _take_over(token, state, message, visit)


def _still_there(visit: Visit, row: Any) -> Visit:
    """The visit; a plain one if its application was deleted since its login page was opened."""
    return visit if row.application is not None else replace(visit, application_id=None)


def _state(decision: Decision, row: Any, source: str) -> State:
    if decision.required:
        return State.AWAITING_CODE if row.phone else State.AWAITING_PHONE
    return State.AWAITING_PASSWORD if attempt.owes_password(row, source) else State.COMPLETE


def given(proof: Proof, at: float) -> dict[str, float]:
    """What a proof adds to the methods of a sign-in, given at that instant if it does not say when."""
    at = at if proof.given_at is None else proof.given_at
    first = Method.PASSWORD.value if proof.source == credentials.SOURCE else proof.source
    return {first: at} | ({Method.VOUCHED.value: at} if proof.vouched else {})


def _facts(proof: Proof, decision: Decision) -> dict[str, Any]:
    now = clock.now()
    methods = given(proof, now)
    if decision.reason is Reason.BYPASS:
        methods[Method.BYPASS.value] = now
    return {"user_id": proof.user_id, "source": proof.source, "methods": methods, "reason": decision.reason.value}


def _more(proof: Proof, state: State) -> dict[str, Any]:
    """The number that stands in the bind window already, which is the person's only once its code is right; and the end of a
    sign-in that is complete by a proof which lends its own."""
    if state is State.COMPLETE and proof.ends_at is not None:
        return {"expires_at": proof.ends_at, "must_end_at": proof.ends_at}
    return {"phone": proof.suggested_phone} if state is State.AWAITING_PHONE and proof.suggested_phone else {}


def _replace_earlier(connection: Connection) -> None:
    """A browser holds one sign-in: the one it held before ends."""
    for token in (session.pending_token(), session.complete_token()):
        if token:
            here = SignIn.trial_id.is_not_distinct_from(session.trial_id())
            moves.end(connection, (SignIn.token_hash == token_digest(token)) & here, Ending.REPLACED)


def _start_plain(connection: Connection, token: str, visit: Visit, facts: dict[str, Any], state: State) -> None:
    columns = moves.completion(token, facts["methods"]) if state is State.COMPLETE else {"state": state}
    sign_in_id = moves.start(connection, token, visit.client, application_id=visit.application_id,
                             next_address=visit.next_address, **(columns | facts))
    events = [_passed(sign_in_id, facts, visit)]
    if state is State.COMPLETE:
        events.append(Event(event=What.SIGN_IN_COMPLETE, outcome=facts["reason"], user_id=facts["user_id"],
                            sign_in_id=sign_in_id, application_id=visit.application_id, detail={"source": facts["source"]}))
    audit.record(connection, visit.client, *events)


def _start_with_code(connection: Connection, token: str, visit: Visit, facts: dict[str, Any], row: Any) -> int | None:
    """Write the sign-in together with its code and message; without them when no message may be sent now."""
    lifetime = settings().portal_sign_in_lifetime
    to = Addressee(user_id=facts["user_id"], phone=row.phone, address=visit.client.address, expires_at=clock.now() + lifetime,
                   wrong_codes=row.wrong_codes, codes_paused_until=row.codes_paused_until, phone_state=row.phone_state)
    drafted = codes.draft(connection, to, first=True)
    columns = drafted.columns if isinstance(drafted, Draft) else {}
    sign_in_id = moves.start(connection, token, visit.client, application_id=visit.application_id, state=State.AWAITING_CODE,
                             next_address=visit.next_address, phone=row.phone, **(facts | columns))
    sent = moves.asked(drafted, user_id=to.user_id, sign_in_id=sign_in_id, phone=row.phone, binding=False)
    audit.record(connection, visit.client, _passed(sign_in_id, facts, visit), sent)
    if not isinstance(drafted, Draft):
        return None
    return moves.hand_over(connection, drafted, binding=False, sign_in_id=sign_in_id, user_id=to.user_id, phone=row.phone,
                           locale=visit.client.locale, application=row.application or settings().portal_name,
                           application_id=visit.application_id)


def _passed(sign_in_id: int, facts: dict[str, Any], visit: Visit) -> Event:
    return Event(event=What.FIRST_FACTOR_PASSED, user_id=facts["user_id"], sign_in_id=sign_in_id,
                 application_id=visit.application_id, detail={"source": facts["source"], "policy": facts["reason"]})


def _take_over(token: str, state: State, message: int | None, visit: Visit) -> Moved:
    if message is not None:
        outbox.post(message)
    if state is State.COMPLETE:
        session.hold_complete(token)
        return Moved(Step.HOME, visit.next_address)
    session.hold_pending(token)
    return Moved(step_of(state))
