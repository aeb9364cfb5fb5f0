"""What became of a text message, in the reader's words? As a line of the list, and with all that may be shown of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import format_decimal
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.accounts import phones
from portal.models import Channel, MessageState, Purpose
from portal.web.admin import texts_reasons
from portal.web.events import outcome_words
from portal.web.moments import listed
from portal.web.tags import Tag

_KIND = {
    MessageState.WAITING: "wait", MessageState.SENDING: "wait", MessageState.SENT: "info", MessageState.DELIVERED: "good",
    MessageState.FAILED: "bad", MessageState.UNKNOWN: "off", MessageState.EXPIRED: "off",
}
_PURPOSE = {
    Purpose.LOGIN: _l("Code for a login"), Purpose.BIND: _l("Code to bind a number"), Purpose.TEST: _l("Test"),
}
_CHANNEL = {Channel.TEXT: _l("Text message"), Channel.VOICE: _l("Call")}
_MILLION = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Line:
    """One message in the list."""

    id: int
    url: str
    when: str
    to: str
    purpose: str
    state: Tag
    reason: str
    gateway: str
    attempts: str


def lines(rows: Sequence[Any], *, whole: bool) -> list[Line]:
    """The messages of one page; numbers `whole` or masked."""
    return [_line(row, whole=whole) for row in rows]


def _line(row: Any, *, whole: bool) -> Line:
    return Line(
        id=row.id, url=url_for("message_log.message", message_id=row.id), when=listed(row.created_at),
        to=number(row.phone, whole=whole), purpose=purpose_words(row.purpose), state=state_tag(row.state),
        reason=reason_words(row.reason), gateway=row.gateway or "", attempts=format_decimal(row.attempts))


def number(phone: str, *, whole: bool) -> str:
    """A number as the log shows it."""
    return phone if whole else phones.mask(phone)


def purpose_words(purpose: Purpose) -> str:
    """What a message was for."""
    return str(_PURPOSE[purpose])


def state_tag(state: MessageState) -> Tag:
    """What became of it."""
    return Tag(_KIND[state], outcome_words(state))


def reason_words(reason: str | None) -> str:
    """Why it was not sent; what this version has no words for, as it was written."""
    return texts_reasons.sentence(reason) if reason else ""


def channel_words(channel: Channel) -> str:
    """How it reached the phone, or was to."""
    return str(_CHANNEL[channel])


def price_words(row: Any) -> str:
    """What it cost, as the gateway said; nothing where it has not said so."""
    if row.price is None:
        return ""
    return f"{format_decimal(row.price / _MILLION, '0.00####')} {row.currency}"


def states() -> list[tuple[str, str]]:
    """All states, for a list to choose from."""
    return [("", _("All")), *((state.value, outcome_words(state)) for state in MessageState)]
