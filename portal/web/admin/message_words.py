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
from portal.models import MessageState, Purpose
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
_REASON = {
    "number": _l("That number cannot receive text messages"), "credentials": _l("The gateway does not know our credentials"),
    "credit": _l("The gateway’s credit is used up"), "host": _l("The gateway has no such address"),
    "throttled": _l("The gateway asked for a pause"), "redirect": _l("The gateway sent us elsewhere"),
    "time-out": _l("The gateway did not answer in time"), "no readable answer": _l("The gateway’s answer cannot be read"),
    "certificate": _l("The gateway’s certificate is not trusted"), "unreachable": _l("The gateway cannot be reached"),
    "request": _l("The gateway did not understand us"), "key retired": _l("The code’s key is gone"),
    "unforeseen": _l("An unforeseen fault"), "lost": _l("The sender stopped while it was being sent"),
}


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
    return str(_REASON.get(reason, reason)) if reason else ""


def states() -> list[tuple[str, str]]:
    """All states, for a list to choose from."""
    return [("", _("All")), *((state.value, outcome_words(state)) for state in MessageState)]
