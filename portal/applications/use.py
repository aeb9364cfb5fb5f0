"""How much is an application used?"""

from __future__ import annotations

from sqlalchemy import func, select

from portal import clock
from portal.database import reading
from portal.keyset import COUNTED, Count
from portal.models import SignIn

_DAY = 86_400


def last_day(application_id: int) -> Count:
    """How many logins through it began in the last 24 hours; no more than the newest are looked at."""
    newest = (select(SignIn.created_at, SignIn.trial_id).where(SignIn.application_id == application_id)
              .order_by(SignIn.id.desc()).limit(COUNTED + 1).subquery())
    began = clock.now() - _DAY
    of_the_day = (newest.c.created_at > began) & newest.c.trial_id.is_(None)
    with reading() as connection:
        asked = select(func.count(), func.min(newest.c.created_at), func.count().filter(of_the_day)).select_from(newest)
        read, oldest, number = connection.execute(asked).one()
    return Count(min(number, COUNTED), read <= COUNTED or oldest <= began)
