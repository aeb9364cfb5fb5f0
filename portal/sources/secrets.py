"""How is the secret of a source kept, and sealed anew when PORTAL_SECRET has changed?"""

from __future__ import annotations

from contextlib import suppress

from sqlalchemy import select, update

from portal import boxes
from portal.boxes import SecretUnreadable, sealed
from portal.database import reading, writing
from portal.extensions import key_ring
from portal.models import IdentitySource

__all__ = ["SecretUnreadable", "opened", "renew", "sealed"]


def opened(source_id: int) -> str | None:
    """The secret of that source; None if it has none. Raises SecretUnreadable."""
    with reading() as connection:
        asked = select(IdentitySource.secret, IdentitySource.secret_key).where(IdentitySource.id == source_id)
        row = connection.execute(asked).first()
    return None if row is None or row.secret is None else boxes.opened(row.secret, row.secret_key)


def renew() -> int:
    """Seal anew, under the key of today, what was sealed under the one before; how many. What cannot be read stays as it is."""
    asked = select(IdentitySource.id, IdentitySource.secret, IdentitySource.secret_key)
    kept = asked.where(IdentitySource.secret.is_not(None), IdentitySource.secret_key != key_ring().box.name)
    count = 0
    with writing() as connection:
        for row in connection.execute(kept.order_by(IdentitySource.id).with_for_update()).all():
            with suppress(SecretUnreadable):
                columns = sealed(boxes.opened(row.secret, row.secret_key))
                connection.execute(update(IdentitySource).where(IdentitySource.id == row.id).values(columns))
                count += 1
    return count
