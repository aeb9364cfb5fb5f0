"""Where do messages go in development? Nowhere: the row is the message, and its text is written again for whoever looks."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from portal.database import reading
from portal.messages.gateways.contract import Outgoing, Receipt
from portal.messages.writing import COLUMNS, KeyRetired, Letter, code_of, letter, text_of
from portal.models import Channel, Message, MessageState

NAME = "inbox"


class Inbox:
    """Takes every message and sends none."""

    def send(self, message: Outgoing) -> Receipt:  # noqa: ARG002 - the name is part of what a gateway promises
        """Take `message`; there is nothing to do."""
        return Receipt(reference=None)


@dataclass(frozen=True)
class InboxMessage:
    """A message as a phone would show it, or as a call would say it: `to` in E.164, `at` in seconds since 1970 UTC.

    There is no `code` in a test message.
    """

    id: int
    to: str
    at: float
    text: str
    code: str | None
    state: MessageState
    channel: Channel


def messages(limit: int, to: str | None = None) -> list[InboxMessage]:
    """The latest `limit` messages that this gateway took, newest first; `to`: only those to this number (E.164)."""
    taken = select(*COLUMNS, Message.settled_at, Message.state).where(Message.gateway == NAME)
    if to:
        taken = taken.where(Message.phone == to)
    with reading() as connection:
        rows = connection.execute(taken.order_by(Message.id.desc()).limit(limit)).all()
    return [_shown(letter(row), at=row.settled_at, state=row.state) for row in rows]


def _shown(letter: Letter, *, at: float, state: MessageState) -> InboxMessage:
    try:
        code = code_of(letter)
    except KeyRetired:
        return InboxMessage(letter.id, letter.phone, at, "…", None, state, letter.channel)
    return InboxMessage(letter.id, letter.phone, at, text_of(letter, code), code, state, letter.channel)
