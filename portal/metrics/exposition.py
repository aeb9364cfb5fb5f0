"""What does the monitoring system read? The counters of all processes, and how things stand at this moment."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from portal.metrics.counting import meter

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


@dataclass(frozen=True)
class Reading:
    """How something stands just now: the value of a gauge. Those of one name stand together."""

    name: str
    about: str
    value: float
    labels: dict[str, str] = field(default_factory=dict)


def exposition(readings: Iterable[Reading]) -> bytes:
    """All of it in Prometheus' text format."""
    return meter().written(_Gauges(list(readings)))


class _Gauges:
    """The readings, as the package wants to collect them."""

    def __init__(self, readings: list[Reading]) -> None:
        self._readings = readings

    def collect(self) -> Iterable[Any]:
        """One family a name."""
        from prometheus_client.core import GaugeMetricFamily

        for (name, about), group in groupby(self._readings, key=lambda reading: (reading.name, reading.about)):
            family: Any = None
            for reading in group:
                family = family or GaugeMetricFamily(name, about, labels=list(reading.labels))
                family.add_metric(list(reading.labels.values()), reading.value)
            yield family
