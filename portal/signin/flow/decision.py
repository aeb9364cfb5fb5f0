"""What does the policy say of this person now, at this entrance? Read in the sign-in's own transaction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from portal import clock
from portal.accounts.credentials import Proof
from portal.models import Application, Switch, User
from portal.signin.policy import Decision, Demand, Device, Person, Reason, Rung, first, ladder
from portal.signin.rules import COLUMNS, in_force, of_sign_in

_app = bindparam("application", type_=Application.id.type)
_rows = (
    select(User.id, User.phone, User.role, User.suspended, User.password_hash, User.bypass_until, User.wrong_codes,
           User.codes_paused_until, User.phone_state, User.password_must_change, Application.name.label("application"), *COLUMNS)
    .select_from(User).outerjoin(Application, Application.id == _app)
    .outerjoin(Switch, of_sign_in(_app))
    .where(User.id == bindparam("user"))
)
# Before the budgets, as every other step of a sign-in does: in another order two of one person wait for each other.
_standing = _rows.with_for_update(of=User)


def standing(connection: Connection, user_id: int, application_id: int | None) -> Sequence[Any]:
    """The user, locked, once for each switch that counts at the entrance of that application, or of the portal itself."""
    return connection.execute(_standing, {"user": user_id, "application": application_id}).all()


def seen(connection: Connection, user_id: int, application_id: int | None) -> Sequence[Any]:
    """The same for whoever only looks: nothing is locked."""
    return connection.execute(_rows, {"user": user_id, "application": application_id}).all()


def decided(connection: Connection, rows: Sequence[Any], proof: Proof) -> Decision:
    """Whether the second factor is required of the user of `standing`, who gave that proof. A bypass is used up."""
    decision = first(rungs(rows, proof.source, vouched=proof.vouched))
    if decision.reason is Reason.BYPASS and not _used_up(connection, rows[0].id):
        return first(rungs(rows, proof.source, bypass=False, vouched=proof.vouched))
    return decision


def rungs(rows: Sequence[Any], source: str, *, bypass: bool = True, vouched: bool = False) -> tuple[Rung, ...]:
    """The policy's ladder for the user of `standing` or `seen`, who comes from that source."""
    bypass = bypass and (rows[0].bypass_until or 0.0) > clock.now()
    person = Person(in_console=rows[0].role is not None, bypass=bypass, vouched=vouched)
    return ladder(in_force(rows).rules, source=source, person=person, device=Device(), demand=Demand())


def _used_up(connection: Connection, user_id: int) -> bool:
    """Use the bypass up. True for exactly one of all logins that saw it: two at once would both come in with it."""
    left = update(User).where(User.id == user_id, User.bypass_until > clock.now())
    return connection.execute(left.values(bypass_until=None)).rowcount == 1
