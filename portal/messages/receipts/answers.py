"""What has somebody answered to a message, and from which number? PURE."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from portal.messages.receipts import plain

_NUMBER = re.compile(r"[1-9][0-9]{6,14}", re.ASCII)


@dataclass(frozen=True)
class Answer:
    """The words that came from `phone` (E.164) at that instant, if it is said."""

    phone: str
    words: str
    at: float | None


def read(said: Mapping[str, Any]) -> Answer | None:
    """The text message in a webhook of either interface of Vonage's; None for anything else."""
    number = plain.text(said.get("msisdn")) or plain.text(said.get("from"))
    is_text = plain.text(said.get("channel")) in ("", "sms") and plain.text(said.get("type")) in ("", "text", "unicode")
    words, at = plain.text(said.get("text")), plain.instant(said.get("timestamp")) or plain.instant(said.get("message-timestamp"))
    return Answer(f"+{number}", words, at) if is_text and words and _NUMBER.fullmatch(number) else None
