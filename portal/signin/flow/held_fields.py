"""How is what was typed into a form kept while it waits? Sealed: it may be a secret, and a stolen database holds none."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode

from nacl.exceptions import CryptoError
from nacl.secret import SecretBox

from portal.extensions import key_ring

Fields = list[list[str]]


def sealed(fields: Fields) -> str:
    """The name of the key and the sealed text, fit for JSON (XSalsa20-Poly1305 under the key of today)."""
    key = key_ring().box
    return f"{key.name}.{b64encode(SecretBox(key.value).encrypt(json.dumps(fields).encode())).decode()}"


def opened(kept: object) -> Fields | None:
    """What was typed; None for what cannot be read, as after PORTAL_SECRET has changed: it must be typed again."""
    name, _dot, text = kept.partition(".") if isinstance(kept, str) else ("", "", "")
    key = key_ring().box_key(name)
    if key is None:
        return None
    try:
        fields: Fields = json.loads(SecretBox(key.value).decrypt(b64decode(text)))
    except (CryptoError, ValueError):
        return None
    return fields
