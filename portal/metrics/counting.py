"""How is something counted? By one call, which costs a comparison where nobody wants to know, and never fails."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from config import Settings
from portal.metrics.catalogue import Metric

if TYPE_CHECKING:
    from portal.metrics.meter import Meter

log = logging.getLogger(__name__)


class _State:
    """Whether this process measures, and by what. The meter is made when it is first needed: seldom in a command."""

    def __init__(self) -> None:
        self.wanted = False
        self.folder: Path | None = None
        self.meter: Meter | None = None


_state = _State()


def init_app(settings: Settings) -> None:
    """Measure from here on, or do not, as the settings say."""
    _state.wanted = bool(settings.portal_metrics_token or settings.portal_metrics_port)
    _state.folder = Path(settings.prometheus_multiproc_dir) if settings.prometheus_multiproc_dir else None
    _state.meter = None
    if _state.wanted and _state.folder:
        _make_ready()


def wanted() -> bool:
    """Whether anybody may ask for the metrics, so that it is worth to gather what they say."""
    return _state.wanted


def count(metric: Metric, *labels: str) -> None:
    """Add one to a counter; `labels` in the order of the metric's own."""
    if _state.wanted:
        try:
            meter().child(metric.name, labels).inc()
        except Exception as error:
            _give_up(error)


def observe(metric: Metric, seconds: float, *labels: str) -> None:
    """Put a duration into a histogram."""
    if _state.wanted:
        try:
            meter().child(metric.name, labels).observe(seconds)
        except Exception as error:
            _give_up(error)


@contextmanager
def timed(metric: Metric, *labels: str) -> Iterator[None]:
    """Observe how long what stands in it takes."""
    began = time.perf_counter()
    try:
        yield
    finally:
        observe(metric, time.perf_counter() - began, *labels)


def _make_ready() -> None:
    """In a server: what is imported now is there for all workers, and no request waits for it."""
    try:
        meter()
    except Exception as error:
        _give_up(error)


def meter() -> Meter:
    """That of this process."""
    if _state.meter is None:
        from portal.metrics.meter import Meter  # 20 ms, for those who measure only

        _state.meter = Meter(_state.folder)
    return _state.meter


def _give_up(error: Exception) -> None:
    """A full disk or a folder that is gone: people come in all the same, and this process measures no more."""
    _state.wanted = False
    log.error("metrics are not kept any more by this process: %s", type(error).__name__)
