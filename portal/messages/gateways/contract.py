"""What does every gateway promise? A receipt, or one of four faults that say what is certain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, kw_only=True)
class Outgoing:
    """A text on its way: `to` in E.164, `lifetime` in seconds after which it is of no use."""

    id: int
    to: str
    text: str
    lifetime: int


@dataclass(frozen=True)
class Receipt:
    """The gateway has taken the message; `reference` is its own name for it, up to 100 letters."""

    reference: str | None


class Fault(Exception):
    """A message was not taken, or nobody knows. `reason` is one word for the record, never a text of the gateway's."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Refused(Fault):
    """Nothing was sent: this number cannot receive texts."""


class RetryLater(Fault):
    """Nothing was sent, and trying again makes sense, after `delay` seconds if the gateway named them."""

    def __init__(self, reason: str, delay: float | None = None) -> None:
        super().__init__(reason)
        self.delay = delay


class OurFault(Fault):
    """Nothing was sent: credentials, credit, the sender's name or the request are wrong. An operator must act."""


class Unknown(Fault):
    """It may have gone out. Such a message is never sent again by itself."""


class Gateway(Protocol):
    """What carries messages. One object belongs to one thread."""

    name: str

    def send(self, message: Outgoing) -> Receipt:
        """Hand `message` over, once. Raises one of the four faults."""
        ...
