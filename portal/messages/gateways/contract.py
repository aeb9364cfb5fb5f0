"""What does every gateway promise? A receipt, or one of five faults that say what is certain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, kw_only=True)
class Outgoing:
    """A text on its way, or words to be read out: `to` in E.164, `sender` is a number of ours in E.164 or letters,
    `lifetime` in seconds after which it is of no use, `language` (`en` or `zh`) of its words."""

    id: int
    to: str
    text: str
    lifetime: int
    sender: str
    language: str = "en"


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


class NoRoute(Fault):
    """Nothing was sent: this gateway does not reach the number. Another one may."""


class RetryLater(Fault):
    """Nothing was sent, and trying again makes sense, after `delay` seconds if the gateway named them."""

    def __init__(self, reason: str, delay: float | None = None) -> None:
        super().__init__(reason)
        self.delay = delay


class OurFault(Fault):
    """Nothing was sent: credentials, credit, the sender's name or the request are wrong. An operator must act."""


class Unknown(Fault):
    """It may have gone out. Such a message is never sent again by itself."""


class Carrier(Protocol):
    """What carries messages. One object belongs to one thread."""

    def send(self, message: Outgoing) -> Receipt:
        """Hand `message` over, once. Raises one of the five faults."""
        ...
