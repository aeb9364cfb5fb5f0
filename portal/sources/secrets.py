"""How is the secret of a source kept? Sealed, so that a stolen database holds none."""

from __future__ import annotations

from nacl.exceptions import CryptoError
from nacl.secret import SecretBox
from sqlalchemy import select

from portal.database import reading
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
    key = key_ring().box_key(row.secret_key)
    if key is None:
        raise SecretUnreadable(source_id)
    try:
        return SecretBox(key.value).decrypt(row.secret).decode()
    except CryptoError:
        raise SecretUnreadable(source_id) from None
