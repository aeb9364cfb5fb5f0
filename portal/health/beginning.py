"""How far has this portal come: is there an application, and somebody to log in to it?"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from portal import keyset
from portal.database import reading
from portal.keyset import Count
from portal.models import Application, User
from portal.signin import standing
from portal.signin.rules import OFF, SMS


@dataclass(frozen=True, kw_only=True)
class Beginning:
    """Whether there is an application, a user without a role, and a code asked for; and how many users there are."""

    application: bool
    user: bool
    asks: bool
    users: Count

    @property
    def is_over(self) -> bool:
        """Whether somebody can log in to something."""
        return self.application and self.user


def far() -> Beginning:
    """How far it is, by four statements; none reads more than a page's worth or, of users, as many as are counted."""
    with reading() as connection:
        application = connection.execute(select(Application.id).limit(1)).first()
        user = connection.execute(select(User.id).where(User.role.is_(None)).limit(1)).first()
        return Beginning(application=application is not None, user=user is not None,
                         asks=standing.value(connection, SMS) != OFF,
                         users=keyset.count(connection, select(User.id)))
