"""What exactly of an entry is sealed and archived? One line of JSON that is the same on both databases. PURE."""

from __future__ import annotations

import json
from typing import Any

from portal.models import AuditEntry
from portal.models.columns import table

COLUMNS = tuple(table(AuditEntry).columns)
"""All that an entry says. A column that comes later is None in older entries, and so changes none of their lines."""


def line(row: Any) -> bytes:
    """An entry, a row of COLUMNS, as one line without its end: keys sorted, nothing that is None, ASCII."""
    return text({name: value for name, value in zip(_NAMES, row, strict=True) if value is not None})


def text(value: Any) -> bytes:
    """A value as JSON with one spelling."""
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


_NAMES = tuple(column.name for column in COLUMNS)
