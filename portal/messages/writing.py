"""What does this one message say? Its code is derived and its text written here, when it is sent and when it is shown."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from portal.extensions import key_ring, settings
from portal.keys import derive_code
from portal.messages import standing, text
from portal.messages.spoken import spoken, spoken_test
from portal.messages.wording import Chosen, Frame, chosen
from portal.models import Channel, Message, Purpose

COLUMNS = (
    Message.id, Message.sign_in_id, Message.user_id, Message.purpose, Message.phone, Message.locale, Message.application,
    Message.nonce, Message.code_key, Message.attempts, Message.claimed_at, Message.not_after, Message.channel,
    Message.application_id, Message.via,
)
"""What a letter is written from, in the order of its fields."""


ON_ITS_WAY = 10
"""Seconds that count as none: a code of five minutes, handed over at once, is not said to work for four."""


class KeyRetired(Exception):
    """The code's key is neither the current nor the old one: the code can be neither written nor checked any more."""


@dataclass(frozen=True)
class Letter:
    """A message as its row describes it. It knows its code only when asked."""

    id: int
    sign_in_id: int | None
    user_id: int | None
    purpose: Purpose
    phone: str
    locale: str
    application: str
    nonce: bytes | None
    code_key: str | None
    attempts: int
    claimed_at: float
    not_after: float
    channel: Channel
    application_id: int | None
    via: str | None

    @property
    def is_test(self) -> bool:
        """Whether somebody only wants to see what a gateway answers."""
        return self.purpose is Purpose.TEST


def letter(row: Any) -> Letter:
    """The letter that begins a row of COLUMNS."""
    return Letter(*row[: len(COLUMNS)])


def code_of(letter: Letter) -> str | None:
    """The code that the letter carries, None for a test message. Raises KeyRetired."""
    if letter.is_test or letter.sign_in_id is None or letter.nonce is None:
        return None
    key = key_ring().code_key(letter.code_key or "")
    if key is None:
        raise KeyRetired
    return derive_code(
        key, purpose=letter.purpose.value, sign_in=letter.sign_in_id, phone=letter.phone, nonce=bytes(letter.nonce),
        length=settings().portal_code_length,
    )


def text_of(letter: Letter, code: str | None) -> str:
    """The words of the letter with its code, written or spoken; written ones name the life that the code has left."""
    if letter.channel is Channel.VOICE:
        return _spoken(letter, code)
    if code is None:
        return text.test_text(application=letter.application, locale=letter.locale)
    words = _words(letter)
    return text.compose(
        code, application=words.name if words else letter.application, seconds=lifetime(letter) + ON_ITS_WAY,
        host=settings().url_host, locale=letter.locale, body=words.body if words else None,
    )


def frame(language: str) -> Frame:
    """What is around the words of a message in that language, here."""
    kept = settings()
    return Frame(language=language, host=kept.url_host, portal=kept.portal_name, digits=kept.portal_code_length)


def _words(letter: Letter) -> Chosen | None:
    """The words that an administrator gave such a letter, if any."""
    wordings = standing.current().wordings
    return chosen(wordings, frame(text.language_of(letter.locale)), letter.application_id, letter.application)


def _spoken(letter: Letter, code: str | None) -> str:
    if code is None:
        return spoken_test(application=letter.application, locale=letter.locale)
    return spoken(code, application=letter.application, locale=letter.locale)


def lifetime(letter: Letter) -> int:
    """Whole seconds that the letter has been of use for since it was claimed."""
    return math.floor(letter.not_after - letter.claimed_at)
