"""How many segments does a text message take, and which of its letters make it dear? PURE (3GPP TS 23.038)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

GSM7_EXTENSION = frozenset("^{}\\[~]|€\f")
"""Letters of two septets."""
GSM7 = GSM7_EXTENSION.union(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
BEYOND_ONE_UNIT = 0xFFFF


class Encoding(StrEnum):
    """How the letters of a text travel: 160 septets in one segment, or 70 units of 16 bits."""

    GSM7 = "GSM-7"
    UCS2 = "UCS-2"


@dataclass(frozen=True)
class Measure:
    """What a text takes. `dear`: its letters that are not in GSM-7, each once, in their order; one of them is enough."""

    segments: int
    encoding: Encoding
    dear: tuple[str, ...] = ()


def measure(text: str) -> Measure:
    """What `text` takes on its way."""
    dear = tuple(dict.fromkeys(letter for letter in text if letter not in GSM7))
    if not dear:
        parts = _parts([2 if letter in GSM7_EXTENSION else 1 for letter in text], whole=160, part=153)
        return Measure(parts, Encoding.GSM7)
    return Measure(_parts([2 if ord(letter) > BEYOND_ONE_UNIT else 1 for letter in text], whole=70, part=67), Encoding.UCS2, dear)


def segments(text: str) -> int:
    """How many segments `text` takes: 160 septets or 153 each, else 70 UTF-16 units or 67 each."""
    return measure(text).segments


def _parts(widths: list[int], *, whole: int, part: int) -> int:
    """Fill part after part; a letter of width two is never cut in half."""
    if sum(widths) <= whole:
        return 1
    parts, used = 1, 0
    for width in widths:
        parts, used = (parts, used + width) if used + width <= part else (parts + 1, width)
    return parts
