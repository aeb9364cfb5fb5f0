"""What is counted and measured for a monitoring system? Nothing, and at no cost, unless the settings ask for it."""

from portal.metrics.counting import count, init_app, observe, timed, wanted
from portal.metrics.exposition import CONTENT_TYPE, Reading, exposition

__all__ = ["CONTENT_TYPE", "Reading", "count", "exposition", "init_app", "observe", "timed", "wanted"]
