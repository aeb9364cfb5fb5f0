"""Which keys follow from the secret, and what is derived from them? PURE: no I/O, no clock."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass


def _expand(secret: str, purpose: str) -> bytes:
    """HKDF-SHA256 (RFC 5869) with one block of output: 32 bytes for `purpose`."""
    root = hmac.digest(b"portal", secret.encode(), "sha256")
    return hmac.digest(root, purpose.encode() + b"\x01", "sha256")


@dataclass(frozen=True)
class Key:
    """A key for codes, seals or kept secrets, with a short public name, so that a row can say which key made it."""

    name: str
    value: bytes


@dataclass(frozen=True)
class KeyRing:
    """Everything derived from `PORTAL_SECRET`; the one before it still checks but never issues.

    `current` and `old` are for codes, `seal` and `seal_old` for the seals of the audit log, `box` and `box_old` for the secrets
    that are kept in the database.
    """

    session: str
    session_old: str | None
    current: Key
    old: Key | None
    seal: Key
    seal_old: Key | None
    box: Key
    box_old: Key | None

    def code_key(self, name: str) -> Key | None:
        """The code key of that name, or None when it has been retired."""
        return next((key for key in (self.current, self.old) if key and key.name == name), None)

    def seal_key(self, name: str) -> Key | None:
        """The key of the audit log's seals of that name, or None when it has been retired."""
        return next((key for key in (self.seal, self.seal_old) if key and key.name == name), None)

    def box_key(self, name: str) -> Key | None:
        """The key of kept secrets of that name, or None when it has been retired."""
        return next((key for key in (self.box, self.box_old) if key and key.name == name), None)


def ring(secret: str, old: str = "") -> KeyRing:
    """The keys that follow from the secret and, if given, its predecessor."""
    return KeyRing(
        session=_expand(secret, "session").hex(),
        session_old=_expand(old, "session").hex() if old else None,
        current=_code_key(secret),
        old=_code_key(old) if old else None,
        seal=_seal_key(secret),
        seal_old=_seal_key(old) if old else None,
        box=_box_key(secret),
        box_old=_box_key(old) if old else None,
    )


def _code_key(secret: str) -> Key:
    return Key(_expand(secret, "code key name")[:6].hex(), _expand(secret, "verification code"))


def _seal_key(secret: str) -> Key:
    return Key(_expand(secret, "seal key name")[:6].hex(), _expand(secret, "audit seal"))


def _box_key(secret: str) -> Key:
    return Key(_expand(secret, "box key name")[:6].hex(), _expand(secret, "kept secrets"))


def derive_code(key: Key, *, purpose: str, sign_in: int, phone: str, nonce: bytes, length: int) -> str:  # noqa: PLR0913
    """The verification code of `length` decimal digits for one nonce of one sign-in and number (E.164).

    HMAC-SHA-256 over all parts, each with its length, so that no two different lists of parts give the same bytes.
    Nothing of a code is stored: it is derived once to be written and once more to be compared.
    """
    parts = [key.name.encode(), purpose.encode(), str(sign_in).encode(), phone.encode(), nonce]
    message = b"".join(len(part).to_bytes(4, "big") + part for part in parts)
    number = int.from_bytes(hmac.digest(key.value, message, "sha256"), "big") % 10**length
    return str(number).zfill(length)


def same(given: str, expected: str) -> bool:
    """Whether two short texts are equal, in a time that does not depend on where they differ."""
    return hmac.compare_digest(given.encode(), expected.encode())


def new_token() -> str:
    """A random bearer token of 256 bits, URL-safe; only its digest is ever stored."""
    return secrets.token_urlsafe(32)


_UNAMBIGUOUS = "abcdefghjkmnpqrstuvwxyz23456789"
"""No letter or digit that is taken for another when it is read aloud or from paper."""


def new_password() -> str:
    """A random password of 99 bits that can be read out: four groups of five, joined by dashes."""
    return "-".join("".join(secrets.choice(_UNAMBIGUOUS) for _ in range(5)) for _ in range(4))


def new_client_id() -> str:
    """24 random letters and digits by which an application is named in addresses: known to all, guessed by nobody."""
    return secrets.token_hex(12)


SCAN_LETTERS, SCAN_LETTERS_LENGTH = "ABCDEFGHJKMNPQRSTUVWXYZ", 8
"""Those of which no two are taken for each other, nor for a digit."""


def new_scan_token() -> str:
    """A random token of 128 bits that a picture of few squares can carry; it lives for minutes."""
    return secrets.token_urlsafe(16)


def new_scan_letters() -> str:
    """Random letters, 36 bits, to be typed instead of a scan: whoever takes them limits the guesses."""
    return "".join(secrets.choice(SCAN_LETTERS) for _ in range(SCAN_LETTERS_LENGTH))


def new_nonce() -> bytes:
    """16 random bytes that make a code differ from every other."""
    return secrets.token_bytes(16)


def token_digest(token: str) -> bytes:
    """SHA-256 of a token, the key of its row: whoever reads the database cannot use a session."""
    return hashlib.sha256(token.encode()).digest()
