"""How is it said in a word or two how something stands?"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Tag:
    """A state: `good`, `wait`, `off`, `bad` or `info`, and its words."""

    kind: str
    words: str
