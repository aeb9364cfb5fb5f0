"""How is a secret kept that the portal itself must use? Sealed, so that a stolen database holds none."""

from __future__ import annotations

from nacl.exceptions import CryptoError
from nacl.secret import SecretBox

from portal.extensions import key_ring


class SecretUnreadable(Exception):
    """The secret was sealed under a PORTAL_SECRET that the portal does not have any more: it must be entered again."""


def sealed(secret: str) -> dict[str, bytes | str]:
    """The columns `secret` and `secret_key` for a secret (XSalsa20-Poly1305 under the key of today)."""
    key = key_ring().box
    return {"secret": bytes(SecretBox(key.value).encrypt(secret.encode())), "secret_key": key.name}


def opened(secret: bytes, key_name: str) -> str:
    """The secret that was sealed under the key of that name. Raises SecretUnreadable."""
    key = key_ring().box_key(key_name)
    if key is None:
        raise SecretUnreadable(key_name)
    try:
        return SecretBox(key.value).decrypt(secret).decode()
    except CryptoError:
        raise SecretUnreadable(key_name) from None
