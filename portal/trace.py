"""Which request is this, who sent it, and who acts by it?"""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass

request_id: ContextVar[str | None] = ContextVar("request_id", default=None)
by_itself: ContextVar[bool] = ContextVar("by_itself", default=False)
"""Whether an open page asks by itself, so that it says nothing of whether anybody sits before it."""


@dataclass(frozen=True)
class Trial:
    """The *Experience login* that a request is part of: its id, and the instant at which it ends."""

    id: int
    ends_at: float


@dataclass(frozen=True)
class Client:
    """Where a request comes from: network address, browser as it names itself, language of its pages, and its trial, if any."""

    address: str
    agent: str
    locale: str = "en"
    trial: Trial | None = None


@dataclass(frozen=True)
class Actor:
    """Who acts: the name that records show for them, and the id of their account, if they act with one."""

    name: str
    user_id: int | None = None


COMMAND = Client(address="command", agent="flask portal")
"""Where a command comes from."""
COMMAND_ACTOR = Actor("command")
"""Who acts when a command acts: whoever may run one on the server has no account here."""
