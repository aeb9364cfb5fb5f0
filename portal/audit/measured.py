"""Which events are counted for a monitoring system, and under which labels? Those that are committed, and that are no trial's."""

from __future__ import annotations

from collections.abc import Sequence

from portal import metrics
from portal.audit.events import Event, What
from portal.metrics.catalogue import CODES_ASKED, CODES_CHECKED, REFUSALS, SIGN_INS, Metric

TOO_MANY_TRIES = "too many tries"
"""The outcome of a password that was not looked at."""
_NO_SOURCE = "none"


def count(events: Sequence[Event]) -> None:
    """Count each of these under the metrics that are about it."""
    for event in events:
        for metric, *labels in _told(event):
            metrics.count(metric, *labels)


def _told(event: Event) -> list[tuple[Metric, *tuple[str, ...]]]:
    match event.event:
        case What.SIGN_IN_COMPLETE:
            return [(SIGN_INS, "complete", _source(event))]
        case What.FIRST_FACTOR_REFUSED:
            paused = [(REFUSALS, "password pause")] if event.outcome == TOO_MANY_TRIES else []
            return [(SIGN_INS, event.outcome, _source(event)), *paused]
        case What.CODE_SENT:
            return [(CODES_ASKED, event.outcome)]
        case What.CODE_NOT_SENT:
            return [(CODES_ASKED, event.outcome), (REFUSALS, f"code {event.detail.get('limit', event.outcome)}")]
        case What.PHONE_REFUSED:
            return [(REFUSALS, f"number {event.outcome}")]
        case What.CODE_REFUSED | What.CODE_NOT_CHECKED:
            return [(CODES_CHECKED, event.outcome)]
        case What.CODE_ACCEPTED:
            return [(CODES_CHECKED, "accepted")]
    return []


def _source(event: Event) -> str:
    return str(event.detail.get("source", _NO_SOURCE))
