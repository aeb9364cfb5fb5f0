"""How does somebody in charge take an account at an outside source from a person?"""

from __future__ import annotations

from portal.database import writing
from portal.models import Role
from portal.signin import linking
from portal.signin.oversight.access import Barred
from portal.signin.oversight.roles import care_for
from portal.sources.identities import Own, Unlinking
from portal.trace import Actor, Client


def unlink(  # noqa: PLR0913 - whose, by whom, and how far that goes
    own: Own, client: Client, *, actor: Actor, actor_role: Role | None, keep: int | None = None, even_last: bool = False,
) -> Barred | Unlinking | None:
    """Take the identity from the user; None when it is done. `keep` and `even_last` as for `linking.unlink`.

    Raises NoSuchUser.
    """
    with writing() as connection:
        if not care_for(connection, own.user_id, actor_role):
            return Barred.ROLE
        return linking.taken(connection, own, client, actor, keep=keep, even_last=even_last)
