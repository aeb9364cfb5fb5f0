"""How did the text messages of the last hour fare, and how much of the portal's budget is used?"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from portal import clock
from portal.database import reading
from portal.extensions import settings
from portal.messages import backlog
from portal.messages.allowances import HOUR
from portal.messages.backlog import Backlog
from portal.messages.reasons import BLAMELESS
from portal.models import Allowance, Message, MessageState

NEWEST = 1_000
"""So many messages are looked at."""
PORTAL_BUDGET = "all"
"""The key of the portal's own budget of texts."""
_TRIED = (MessageState.SENT, MessageState.DELIVERED, MessageState.FAILED, MessageState.UNKNOWN, MessageState.EXPIRED)
_LOST = (MessageState.FAILED, MessageState.UNKNOWN, MessageState.EXPIRED)


@dataclass(frozen=True, kw_only=True)
class Traffic:
    """Of the newest messages of the last hour: `tried` of which `lost` did not surely leave, and not for their number's sake.

    `waiting`: those that have waited for longer than a minute, up to a thousand; `backlog`: all that wait now.
    `used` of `ceiling`: the portal's budget of this hour; a right code gives its message back.
    """

    tried: int
    lost: int
    waiting: int
    backlog: Backlog
    used: int
    ceiling: int

    @property
    def losing(self) -> bool:
        """Whether so many are lost that the gateway is to blame: one in five."""
        return self.lost > 0 and self.lost * 5 >= self.tried

    @property
    def scarce(self) -> bool:
        """Whether four fifths of the budget are used."""
        return self.used * 5 >= self.ceiling * 4

    @property
    def spent(self) -> bool:
        """Whether nothing is left of it, so that nobody gets a code."""
        return self.used >= self.ceiling


def lately() -> Traffic:
    """The last hour, by three statements."""
    now = backlog.present()
    with reading() as connection:
        tried, lost = _fared(connection)
        return Traffic(tried=tried, lost=lost, waiting=now.late, backlog=now, used=_used(connection),
                       ceiling=settings().portal_limit_texts_in_all)


def _fared(connection: Connection) -> tuple[int, int]:
    newest = select(Message.state, Message.reason, Message.created_at).order_by(Message.id.desc()).limit(NEWEST).subquery()
    gateway_s = func.coalesce(newest.c.reason, "").not_in(BLAMELESS)
    counted = select(func.count(), func.count().filter(newest.c.state.in_(_LOST), gateway_s))
    row = connection.execute(counted.where(newest.c.created_at > clock.now() - HOUR, newest.c.state.in_(_TRIED))).one()
    return row[0], row[1]


def _used(connection: Connection) -> int:
    """A budget whose window has passed begins anew with the next message."""
    running = Allowance.started_at + Allowance.seconds > clock.now()
    return connection.execute(select(Allowance.used).where(Allowance.key == PORTAL_BUDGET, running)).scalar() or 0
