"""Was each click one text at most, was nothing lost in silence, and did nothing arrive too late?"""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Engine, select

from bench.faults_people import of_person
from bench.faults_plan import Said
from bench.faults_receipts import message_id
from bench.faults_run import Seen
from bench.faults_town import Town
from portal.models import Message, MessageState, SignIn, User
from tests.gateway import Mood, Text

SETTLED = 120.0
"""Seconds in which every message must have come to an end: the sweep gives up one in a dead hand after less than a minute."""
AT_ONCE = 1.5
"""Seconds by which two transactions may overlap."""
ON_ITS_WAY = 6.0
"""Seconds that a message which is in hand may need to reach the gateway, on a machine that has much to do."""
_OPEN = (MessageState.WAITING, MessageState.SENDING)
_WENT = (MessageState.SENT, MessageState.DELIVERED)
_SURELY_NOT_TAKEN, _TIME_OUT = ("429", "402"), 1.0
_AFTER = {Said.TAKEN: MessageState.SENT, Said.UNDELIVERABLE: MessageState.FAILED, Said.DELIVERED: MessageState.DELIVERED}
_RISING = (MessageState.UNKNOWN, MessageState.SENT, MessageState.FAILED, MessageState.DELIVERED)


class Heights:
    """How far each message has come. It never falls behind that."""

    def __init__(self) -> None:
        self.reached: dict[int, MessageState] = {}
        self.fallen: list[str] = []

    def look(self, engine: Engine) -> list[Any]:
        """All messages as they are now."""
        rows = list(_rows(engine))
        for row in rows:
            before = self.reached.get(row.id, row.state)
            if row.state not in (_RISING[_RISING.index(before):] if before in _RISING else (before,)):
                self.fallen.append(f"message {row.id} was {before.value} and is {row.state.value}")
            if row.state not in _OPEN:
                self.reached[row.id] = row.state
        return rows


def settle(town: Town, engine: Engine, heights: Heights) -> None:
    """Wait until no message is open any more and all receipts are heard, or until one has had more time than any may take."""
    end = time.monotonic() + SETTLED
    while time.monotonic() < end:
        rows = heights.look(engine)
        if not town.postman.waits() and not any(row.state in _OPEN for row in rows):
            return
        time.sleep(1)


def faults(town: Town, engine: Engine, heights: Heights, seen: Sequence[Seen]) -> Iterator[str]:
    """Everything that should not be, one line each."""
    rows = {row.id: row for row in heights.look(engine)}
    yield from heights.fallen
    yield from town.postman.refused + town.postman.waits()
    yield from (f"the gateway calls a request malformed: {fault}" for each in town.gateways for fault in each.faults)
    yield from _of_texts(town, rows)
    yield from _of_fallback(town)
    for one in seen:
        mine = [row for row in rows.values() if row.username == one.person.username]
        for wrong in of_person(one, mine):
            yield f"run {one.fault.number} ({one.fault.victim}, {one.fault.click}, {one.fault.first.mood}): {wrong}"


def states(engine: Engine) -> Counter[str]:
    """How many messages ended how, and why where there is a reason."""
    return Counter(f"{row.state.value} ({row.reason})" if row.reason else row.state.value for row in _rows(engine))


def _of_texts(town: Town, rows: dict[int, Any]) -> Iterator[str]:
    taken = town.taken()
    times = Counter(message for message, _text in taken)
    yield from (f"message {message} was sent {number} times" for message, number in times.items() if number > 1)
    for message, text in taken:
        row = rows.get(message)
        if row is None:
            yield f"the gateway has a text of message {message}, which there is not"
        elif late := _late(row, text.at):
            yield f"message {row.id} was sent {late:.1f} s after its code had ended"
    for row in rows.values():
        if wrong := _misnamed(row, times[row.id], town.postman.heard[row.id]):
            yield f"message {row.id} {wrong} (the gateway took it {times[row.id]} times, said {town.postman.heard[row.id]})"


def _late(row: Any, at: float) -> float:
    """By how many seconds it came too late: after its time, or after its sign-in had ended, but for what was in hand then."""
    ended = float(row.not_after if row.ended_at is None else row.ended_at)
    over = row.claimed_at > ended + AT_ONCE or at > ended + ON_ITS_WAY
    return at - ended if over else max(0.0, at - float(row.not_after))


def _misnamed(row: Any, taken: int, said: Sequence[Said]) -> str | None:
    """What is wrong with the state of a message: it follows from what the gateway said, else from whether it was taken."""
    if row.state in _OPEN:
        return f"still is {row.state.value}"
    if said:
        state = _AFTER[max(said, key=list(Said).index)]
        return None if row.state is state else f"is called {row.state.value} instead of {state.value}"
    if row.state is MessageState.DELIVERED:
        return "is called delivered without a receipt"
    fits = row.state is MessageState.UNKNOWN or (row.state in _WENT) == bool(taken)
    return None if fits else f"is called {row.state.value}"


def _of_fallback(town: Town) -> Iterator[str]:
    """No gateway is asked after one that may have taken the message."""
    asked: dict[int, list[tuple[Text, Mood]]] = defaultdict(list)
    for text, mood in sorted((each for gateway in town.gateways for each in gateway.asked), key=lambda each: each[0].at):
        asked[message_id(text)].append((text, mood))
    for message, requests in asked.items():
        for _text, mood in requests[:-1]:
            if mood.mode not in _SURELY_NOT_TAKEN or mood.seconds > _TIME_OUT:
                yield f"message {message} was handed over again after {mood.mode} in {mood.seconds} s"


def _rows(engine: Engine) -> Sequence[Any]:
    columns = (Message.id, Message.state, Message.reason, Message.channel, Message.not_after, Message.claimed_at)
    asked = select(*columns, User.username, SignIn.ended_at).join(User, User.id == Message.user_id).outerjoin(
        SignIn, SignIn.id == Message.sign_in_id)
    with engine.connect() as connection:
        return connection.execute(asked.order_by(Message.id)).all()
