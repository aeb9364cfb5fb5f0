"""Somebody inside has passed a first factor once more: what else do they prove, so that it is surely them?"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import Connection

from portal import audit, clock
from portal.accounts.credentials import Proof
from portal.audit import Event, What
from portal.database import writing
from portal.keys import new_token, token_digest
from portal.models import Method
from portal.signin import attempt, session
from portal.signin.flow import moves
from portal.signin.flow.begin import given
from portal.signin.flow.decision import decided, standing
from portal.signin.flow.step_up import ask, asked, inside
from portal.signin.flow.steps import GONE, Moved, Step
from portal.signin.policy import Decision, Reason
from portal.trace import Client


def confirm(proof: Proof, client: Client, next_address: str) -> Moved:
    """Write the new proof onto this browser's complete sign-in, and ask for a new code where the portal requires one.

    Token and seed are replaced, as at every change of level. GONE when the sign-in is over, or is somebody else's.
    """
    token, fresh = session.complete_token(), new_token()
    if token is None:
        return GONE
    with writing() as connection:
        rows = standing(connection, proof.user_id, None)
        row: Any = attempt.lock(connection, token)
        if not inside(row) or row.user_id != proof.user_id or rows[0].password_hash != proof.password_hash:
            return GONE
        proof = _worth(proof, row.source)
        decision = _decided(connection, rows, proof, row.source)
        methods = _methods(row, proof, decision)
        _record(connection, row, client, proof, decision)
        if decision.required:
            message = ask(connection, row, fresh, client, next_address=next_address, methods=methods)
        else:
            moves.change(connection, row.id, token_hash=token_digest(fresh), methods=methods, seen_at=clock.now())
    if decision.required:
        return asked(row, fresh, message)
    session.hold_complete(fresh)
    return Moved(Step.HOME, next_address)


def _worth(proof: Proof, came_by: str) -> Proof:
    """A second factor that another source than the sign-in's own vouches for is none of its: whether that one is trusted is
    asked of its own source ever after."""
    return proof if proof.source == came_by else replace(proof, vouched=False)


def _decided(connection: Connection, rows: Any, proof: Proof, came_by: str) -> Decision:
    """What is required of the source of the proof, and of the one by which they came in: every page will ask after that one."""
    decision = decided(connection, rows, proof)
    if decision.required or decision.reason is Reason.BYPASS or proof.source == came_by:
        return decision
    return decided(connection, rows, replace(proof, source=came_by))


def _methods(row: Any, proof: Proof, decision: Decision) -> dict[str, float]:
    now = clock.now()
    bypass = {Method.BYPASS.value: now} if decision.reason is Reason.BYPASS else {}
    return {**row.methods, **given(proof, now), **bypass}


def _record(connection: Connection, row: Any, client: Client, proof: Proof, decision: Decision) -> None:
    passed = Event(event=What.FIRST_FACTOR_PASSED, user_id=row.user_id, sign_in_id=row.id, application_id=row.application_id,
                   detail={"source": proof.source, "policy": decision.reason.value, "again": True})
    audit.record(connection, client, passed)
