"""Was each click one text at most, was nothing lost in silence, and did nothing arrive too late?"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Engine, select

from bench.faults_run import Seen
from bench.faults_town import Town
from portal.models import Message, MessageState, User

SETTLED = 120.0
"""Seconds in which every message must have come to an end: the sweep gives up one in a dead hand after less than a minute."""
_OPEN = (MessageState.WAITING, MessageState.SENDING)
_WENT = (MessageState.SENT, MessageState.DELIVERED)
_SURELY_NOT = (MessageState.FAILED, MessageState.EXPIRED)


def settle(engine: Engine) -> None:
    """Wait until no message is open any more, or until one has had more time than any may take."""
    end = time.monotonic() + SETTLED
    while time.monotonic() < end and any(row.state in _OPEN for row in _rows(engine)):
        time.sleep(1)


def faults(town: Town, engine: Engine, seen: Sequence[Seen]) -> Iterator[str]:
    """Everything that should not be, one line each."""
    rows = {row.id: row for row in _rows(engine)}
    texts = Counter(text.client_ref for text in town.gateway.accepted)
    yield from _of_texts(town, rows, texts)
    for one in seen:
        mine = [row for row in rows.values() if row.username == one.person.username]
        for wrong in _of_person(one, mine):
            yield f"run {one.fault.number} ({one.fault.victim}, {one.fault.click}, {one.fault.mood}): {wrong}"


def states(engine: Engine) -> Counter[str]:
    """How many messages ended how."""
    return Counter(row.state.value for row in _rows(engine))


def _of_texts(town: Town, rows: dict[int, Any], texts: Counter[str | None]) -> Iterator[str]:
    yield from (f"message {ref} was sent {number} times" for ref, number in texts.items() if number > 1)
    for text in town.gateway.accepted:
        row = rows.get(int(text.client_ref or 0))
        if row is None:
            yield f"the gateway has a text of message {text.client_ref}, which there is not"
        elif text.at > row.not_after:
            yield f"message {row.id} was sent {text.at - row.not_after:.1f} s after its code had ended"
    for row in rows.values():
        sent = texts[str(row.id)]
        if row.state in _OPEN:
            yield f"message {row.id} still is {row.state.value}"
        if row.state in _WENT and not sent:
            yield f"message {row.id} is called {row.state.value} and never was"
        if row.state in _SURELY_NOT and sent:
            yield f"message {row.id} is called {row.state.value} and was sent"


def _of_person(one: Seen, mine: Sequence[Any]) -> Iterator[str]:
    if len(mine) > one.clicks:
        yield f"{one.clicks} clicks made {len(mine)} messages"
    if len(mine) < one.heard:
        yield f"{one.heard} clicks were heard, and there are {len(mine)} messages; the page says {one.told()}"
    if one.heard == one.clicks and mine and (told := one.told()) != mine[-1].state.value:
        yield f"the page says {told}, the message is {mine[-1].state.value}"


def _rows(engine: Engine) -> Sequence[Any]:
    asked = select(Message.id, Message.state, Message.not_after, User.username).join(User, User.id == Message.user_id)
    with engine.connect() as connection:
        return connection.execute(asked.order_by(Message.id)).all()
