"""Is this the code? It is derived once more and compared in constant time."""

from __future__ import annotations

import unicodedata
from typing import Any

from portal.extensions import key_ring, settings
from portal.keys import derive_code, same
from portal.models import Purpose


def typed(text: str) -> str:
    """The digits of what a person typed or pasted: blanks and dashes dropped, digits of any script as ASCII.

    Anything else in it is kept, so that it cannot be taken for a code.
    """
    kept = (c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c) not in ("Zs", "Cf", "Cc", "Pd"))
    return "".join(str(unicodedata.decimal(c)) if unicodedata.decimal(c, None) is not None else c for c in kept)


def well_formed(code: str) -> bool:
    """Whether `code` could be one: so many ASCII digits and nothing else."""
    return code.isascii() and code.isdigit() and len(code) == settings().portal_code_length


def right(row: Any, code: str) -> bool:
    """Whether `code` is the live code of this sign-in. The caller holds the row's lock and counts a wrong one."""
    key = key_ring().code_key(row.code_key)
    if key is None:
        return False
    purpose = Purpose.BIND if row.binding else Purpose.LOGIN
    expected = derive_code(key, purpose=purpose.value, sign_in=row.id, phone=row.phone, nonce=row.code_nonce, length=len(code))
    return same(code, expected)
