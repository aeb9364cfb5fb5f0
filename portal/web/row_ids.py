"""Which row does a number in an address mean, and what if no database can look it up?"""

from __future__ import annotations

from flask import Flask
from werkzeug.routing import IntegerConverter

LARGEST = 2**63 - 1
"""The largest number that both databases know. No row will ever have it, so it stands for all that are larger."""


class RowId(IntegerConverter):
    """`<int:…>` in every address of ours."""

    def to_python(self, value: str) -> int:
        """The number. Thousands of digits, which Python would refuse to read, are looked at by their length alone."""
        return LARGEST if len(value) > len(str(LARGEST)) else min(super().to_python(value), LARGEST)


def init_app(app: Flask) -> None:
    """Read all numbers in addresses so; before the pages are registered."""
    app.url_map.converters["int"] = RowId
