"""How are the metrics of one process kept? By the package prometheus-client, which is imported here and nowhere else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Histogram, multiprocess, values
from prometheus_client.exposition import generate_latest

from portal.metrics import catalogue
from portal.metrics.catalogue import Metric
from portal.metrics.slots import Slots


class Meter:
    """All metrics of the catalogue: in this process alone, or beside those of others in `folder`."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        process_s: Any = values.MultiProcessValue
        values.ValueClass = process_s(Slots(folder).name) if folder else values.MutexValue
        self._registry = CollectorRegistry()
        self._metrics = {metric.name: self._made(metric) for metric in catalogue.ALL}
        self._children: dict[tuple[str, ...], Any] = {}

    def child(self, name: str, labels: tuple[str, ...]) -> Any:
        """What is counted or observed by; looked up once for each set of labels."""
        found = self._children.get((name, *labels))
        if found is None:
            metric = self._metrics[name]
            found = self._children[name, *labels] = metric.labels(*labels) if labels else metric
        return found

    def written(self, more: Any) -> bytes:
        """All metrics of all processes, and those that `more` collects, in Prometheus' text format."""
        registry = CollectorRegistry() if self._folder else self._registry
        if self._folder:
            collector: Any = multiprocess.MultiProcessCollector
            collector(registry, str(self._folder))
        return generate_latest(registry) + generate_latest(more)

    def _made(self, metric: Metric) -> Any:
        if metric.buckets:
            return Histogram(metric.name, metric.about, metric.labels, buckets=metric.buckets, registry=self._registry)
        return Counter(metric.name, metric.about, metric.labels, registry=self._registry)
