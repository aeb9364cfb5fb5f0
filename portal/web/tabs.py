"""Which pages belong to one thing? Links side by side, of which one is the present page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import url_for

from portal.web.admission import may_open


@dataclass(frozen=True)
class Tab:
    """A link to one part of a thing."""

    label: str
    url: str
    current: bool


def tabs(labels: Mapping[str, str], current: str, **values: Any) -> tuple[Tab, ...]:
    """A tab for each endpoint that the reader may open, by its label; `values` are those of their addresses."""
    return tuple(Tab(label, url_for(endpoint, **values), endpoint == current)
                 for endpoint, label in labels.items() if may_open(endpoint))
