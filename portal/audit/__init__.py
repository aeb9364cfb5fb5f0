"""What happened here, to whom, from where, and how did it end? One append-only row per security event."""

from portal.audit.entries import note, record
from portal.audit.events import Event, What

__all__ = ["Event", "What", "note", "record"]
