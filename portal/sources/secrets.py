"""How is the secret of a source kept? Sealed, so that a stolen database holds none."""

from __future__ import annotations

from contextlib import suppress

from nacl.exceptions import CryptoError
from nacl.secret import SecretBox
from sqlalchemy import select, update

from portal.database import reading, writing
from portal.extensions import key_ring
from portal.models import IdentitySource


class SecretUnreadable(Exception):
    """The secret was sealed under a PORTAL_SECRET that the portal does not have any more: it must be entered again."""


def sealed(secret: str) -> dict[str, bytes | str]:
    """The columns `secret` and `secret_key` for a secret (XSalsa20-Poly1305 under the key of today)."""
    key = key_ring().box
    return {"secret": bytes(SecretBox(key.value).encrypt(secret.encode())), "secret_key": key.name}


def opened(source_id: int) -> str | None:
    """The secret of that source; None if it has none. Raises SecretUnreadable."""
    with reading() as connection:
        asked = select(IdentitySource.secret, IdentitySource.secret_key).where(IdentitySource.id == source_id)
        row = connection.execute(asked).first()
    if row is None or row.secret is None:
        return None
    return _opened(source_id, row.secret, row.secret_key)


def renew() -> int:
    """Seal anew, under the key of today, what was sealed under the one before; how many. What cannot be read stays as it is."""
    asked = select(IdentitySource.id, IdentitySource.secret, IdentitySource.secret_key)
    kept = asked.where(IdentitySource.secret.is_not(None), IdentitySource.secret_key != key_ring().box.name)
    count = 0
    with writing() as connection:
        for row in connection.execute(kept.order_by(IdentitySource.id).with_for_update()).all():
            with suppress(SecretUnreadable):
                columns = sealed(_opened(row.id, row.secret, row.secret_key))
                connection.execute(update(IdentitySource).where(IdentitySource.id == row.id).values(columns))
                count += 1
    return count


def _opened(source_id: int, secret: bytes, key_name: str) -> str:
    key = key_ring().box_key(key_name)
    if key is None:
        raise SecretUnreadable(source_id)
    try:
        return SecretBox(key.value).decrypt(secret).decode()
    except CryptoError:
        raise SecretUnreadable(source_id) from None
