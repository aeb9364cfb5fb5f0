"""Which users does a filter of the list show, and by which index are they found?"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, SQLColumnExpression, and_, bindparam, literal_column, select

from portal.models import PhoneState, Role, SignIn, User


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
    """The users of a filter: a condition that one index answers, and what must hold besides.

    The index has them in the order of ids, behind the column `lead` if there is one, or in the order of `key`.
    """

    where: ColumnElement[bool]
    rest: ColumnElement[bool] | None = None
    lead: SQLColumnExpression[Any] | None = None
    key: Any = None

    @property
    def holds(self) -> ColumnElement[bool]:
        """The whole condition."""
        return self.where if self.rest is None else and_(self.where, self.rest)


def band(name: Filter, locked_at: int) -> Band:
    """The users of a filter. Locked are those with at least `locked_at` wrong codes.

    Conditions are said as the partial indexes say them: SQLite uses one only where it reads the same words.
    """
    match name:
        case Filter.NO_PHONE:
            return Band(User.phone_state.is_(None), lead=User.phone_state)
        case Filter.SUSPENDED:
            return Band(User.suspended.is_(True))
        case Filter.LOCKED:
            return Band(and_(User.wrong_codes > literal_column("0"), User.wrong_codes >= locked_at), key=User.wrong_codes)
        case Filter.NEVER:
            return Band(User.last_sign_in_at.is_(None), _no_sign_in_yet(), lead=User.last_sign_in_at)
        case Filter.ROLE:
            return Band(User.role.in_(list(Role)), key=User.role)
        case state:
            # In the statement's words: a plan made once for all states would be made for the commonest one.
            return Band(User.phone_state == bindparam(None, _STATES[state], User.phone_state.type, literal_execute=True))


def _no_sign_in_yet() -> ColumnElement[bool]:
    """The user's own column is written a little later than the sign-in is complete.

    A subquery with a limit is asked for each row; turned into a join, it would read all sign-ins there are.
    """
    complete = select(SignIn.id).where(SignIn.user_id == User.id, SignIn.completed_at.is_not(None), SignIn.trial_id.is_(None))
    return complete.limit(1).correlate(User).scalar_subquery().is_(None)
