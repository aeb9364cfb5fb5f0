"""Which gateway carries the messages? The one that the settings name, one object for each thread."""

from __future__ import annotations

import threading

from config import Settings
from portal.extensions import settings
from portal.messages.gateways.contract import Gateway

_of_this_thread = threading.local()


def choose(settings: Settings) -> Gateway:
    """A new gateway of the kind that `PORTAL_GATEWAY` names. What it is built on is imported only here."""
    if settings.portal_gateway == "vonage":
        from portal.messages.gateways.vonage import Vonage

        return Vonage(settings)
    from portal.messages.gateways.inbox import Inbox

    return Inbox()


def carrier() -> Gateway:
    """The gateway of the calling thread: clients share headers and connections, so threads do not share clients."""
    chosen = settings()
    held: tuple[Settings, Gateway] | None = getattr(_of_this_thread, "held", None)
    if held is None or held[0] is not chosen:
        held = _of_this_thread.held = (chosen, choose(chosen))
    return held[1]
