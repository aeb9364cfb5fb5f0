"""May the browser that shows a code come in with it? Once, if the phone's login that confirmed it still stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select, update

from portal import audit, clock
from portal.accounts.credentials import Proof
from portal.audit import Event, What
from portal.database import reading, writing
from portal.keys import token_digest
from portal.models import ScanCode, SignIn, State, User
from portal.models.columns import table
from portal.models.scan_code import ScanState
from portal.signin.scanning.stand import OF_BROWSER, Stand, keys, read_digest, stand_of
from portal.signin.visitor import SECOND_FACTORS, over
from portal.sources.register import SCAN
from portal.trace import Client

_row = table(ScanCode)
_asked = select(_row.c.state, _row.c.expires_at).where(OF_BROWSER)
_standing = (
    select(User.password_hash, User.suspended, SignIn.state, SignIn.trial_id, SignIn.methods, SignIn.expires_at, SignIn.seen_at)
    .select_from(SignIn).join(User, User.id == SignIn.user_id)
)


@dataclass(frozen=True)
class Used:
    """The first factor was passed; `application_id` is that of the application which the phone was told of."""

    proof: Proof
    application_id: int | None


def watch(digest: str, browser: bytes) -> Stand:
    """How the code stands that this browser shows: one indexed read, for a page that asks again and again."""
    named = read_digest(digest)
    return _stand(keys(named, browser)) if named else Stand.UNKNOWN


def use(token: str, browser: bytes, client: Client) -> Used | Stand:
    """Come in with a confirmed code. Of parallel uses one succeeds; whatever comes of it, the code is used up.

    A login that has ended since it confirmed the code, or a user who was suspended, lets nobody in.
    """
    mine = keys(token_digest(token), browser)
    stand = _stand(mine)
    if stand is not Stand.CONFIRMED:
        return stand
    confirmed = (ScanCode.state == ScanState.CONFIRMED) & (ScanCode.expires_at > clock.now())
    spent = update(_row).where(OF_BROWSER, confirmed).values(state=ScanState.USED)
    with writing() as connection:
        code = connection.execute(spent.returning(_row.c.user_id, _row.c.by_sign_in_id, _row.c.application_id), mine).first()
        return _used(connection, code, client) if code else Stand.USED


def refused_late(used: Used, client: Client) -> Stand:
    """The account changed between the proof and its use, which is worth nothing then."""
    audit.note(client, _refused(used.proof.user_id, "account changed", used.application_id))
    return Stand.PHONE_GONE


def _refused(user_id: int, outcome: str, application_id: int | None) -> Event:
    return Event(event=What.FIRST_FACTOR_REFUSED, outcome=outcome, user_id=user_id, application_id=application_id,
                 detail={"source": SCAN})


def _stand(mine: dict[str, Any]) -> Stand:
    with reading() as connection:
        return stand_of(connection.execute(_asked, mine).first())


def _used(connection: Connection, code: Any, client: Client) -> Used | Stand:
    row = connection.execute(_standing.where(SignIn.id == code.by_sign_in_id, SignIn.user_id == code.user_id)).first()
    if row is None or row.suspended or row.state is not State.COMPLETE or row.trial_id is not None or over(row):
        audit.record(connection, client, _refused(code.user_id, "phone logged out", code.application_id))
        return Stand.PHONE_GONE
    proof = Proof(code.user_id, SCAN, row.password_hash, given_at=_given(row.methods), ends_at=row.expires_at)
    return Used(proof, code.application_id)


def _given(methods: dict[str, float]) -> float:
    """When the phone's login was proven: a code that it confirms proves no more than the phone could itself."""
    return max((at for name, at in methods.items() if name not in SECOND_FACTORS), default=0.0)
