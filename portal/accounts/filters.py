"""Which users does a filter of the list show, and by which index are they found?"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, literal_column, select

from portal.leads import Lead
from portal.models import PhoneState, Role, SignIn, User
from portal.strands import Strand


class Filter(StrEnum):
    """What the list can be narrowed to, as addresses name it."""

    NO_PHONE = "no-phone"
    UNPROVEN = "not-proven"
    PROVEN = "proven"
    FAILING = "failing"
    SUSPENDED = "suspended"
    LOCKED = "locked"
    NEVER = "never-logged-in"
    ROLE = "administrators"


OF_PHONE = (Filter.NO_PHONE, Filter.UNPROVEN, Filter.PROVEN, Filter.FAILING)
OF_ACCOUNT = (Filter.SUSPENDED, Filter.LOCKED, Filter.NEVER, Filter.ROLE)
RAREST_FIRST = (
    Filter.ROLE, Filter.LOCKED, Filter.FAILING, Filter.SUSPENDED, Filter.NO_PHONE, Filter.UNPROVEN, Filter.NEVER, Filter.PROVEN)
"""Of how many users filters are usually true, beginning with the fewest."""
_STATES = {Filter.UNPROVEN: PhoneState.UNPROVEN, Filter.PROVEN: PhoneState.PROVEN, Filter.FAILING: PhoneState.FAILING}


@dataclass(frozen=True)
class Band:
    """The users of a filter: a condition or a lead that one index answers, and what must hold besides.

    The index has them in the order of ids, or in the order of `key`.
    """

    where: ColumnElement[bool] | None = None
    lead: Lead | None = None
    rest: ColumnElement[bool] | None = None
    key: Any = None

    @property
    def holds(self) -> ColumnElement[bool]:
        """The whole condition."""
        lead = None if self.lead is None else self.lead.holds
        return and_(*(each for each in (self.where, lead, self.rest) if each is not None))

    def strand(self, *others: ColumnElement[bool], descending: bool = False) -> Strand:
        """Along that index, of all of them those of whom the others hold too."""
        besides = [each for each in (self.rest, *others) if each is not None]
        shown = and_(*besides) if besides else None
        return Strand(id=User.id, where=self.where, lead=self.lead, key=self.key, shown=shown, descending=descending)


def band(name: Filter, locked_at: int) -> Band:
    """The users of a filter. Locked are those with at least `locked_at` wrong codes.

    Conditions are said as the partial indexes say them: SQLite uses one only where it reads the same words.
    """
    match name:
        case Filter.NO_PHONE:
            return Band(lead=Lead(User.phone_state))
        case Filter.SUSPENDED:
            return Band(User.suspended.is_(True))
        case Filter.LOCKED:
            return Band(and_(User.wrong_codes > literal_column("0"), User.wrong_codes >= locked_at), key=User.wrong_codes)
        case Filter.NEVER:
            return Band(lead=Lead(User.last_sign_in_at), rest=_no_sign_in_yet())
        case Filter.ROLE:
            return Band(User.role.in_(list(Role)), key=User.role)
        case state:
            return Band(lead=Lead(User.phone_state, _STATES[state]))


def _no_sign_in_yet() -> ColumnElement[bool]:
    """The user's own column is written a little later than the sign-in is complete.

    A subquery with a limit is asked for each row; turned into a join, it would read all sign-ins there are.
    """
    complete = select(SignIn.id).where(SignIn.user_id == User.id, SignIn.completed_at.is_not(None), SignIn.trial_id.is_(None))
    return complete.limit(1).correlate(User).scalar_subquery().is_(None)
