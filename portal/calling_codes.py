"""Which country calling code has a phone number? PURE."""

from __future__ import annotations

from functools import lru_cache

import phonenumbers


@lru_cache(maxsize=4096)
def calling_code(phone: str) -> str:
    """The country calling code of an E.164 number, with its plus sign. Raises NumberParseException for what is no number."""
    return f"+{phonenumbers.parse(phone).country_code}"
