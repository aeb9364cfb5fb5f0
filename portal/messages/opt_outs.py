"""Who wants no messages from us? Whoever answered STOP; START takes it back, or an administrator on their behalf."""

from __future__ import annotations

import math
import unicodedata
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, delete, select, text

from portal import clock, counters
from portal.audit import Event, What, record
from portal.counters import Ask
from portal.database import reading, writing
from portal.messages.receipts.plain import LONGEST_AGO
from portal.models import OptOut, User
from portal.trace import Actor, Client

_STILL = text("update opt_out set stopped_at = :at where phone = :phone and stopped_at < :at")
_STOP = text("insert into opt_out (phone, gateway, stopped_at) values (:phone, :gateway, :at) on conflict (phone) do nothing")


class Wish(StrEnum):
    """What somebody wants who answers a message."""

    STOP = "stop"
    START = "start"


_WORDS = {
    **dict.fromkeys(("stop", "stopall", "stop all", "unsubscribe", "cancel", "end", "quit"), Wish.STOP),
    **dict.fromkeys(("停止", "停", "退订", "退訂", "取消", "取消订阅", "td", "t"), Wish.STOP),
    **dict.fromkeys(("start", "unstop", "yes", "开始", "恢复", "订阅"), Wish.START),
}
"""Whole answers. A sentence that begins with one of them may mean anything, but for these:"""
_FIRST_WORDS = {name: _WORDS[name] for name in ("stop", "stopall", "unsubscribe", "start", "unstop")}
_LONGEST = 1_600


def wish(answer: str) -> Wish | None:
    """What somebody wants who answers so; None where that cannot be told."""
    words = _plain(answer[:_LONGEST]).split()
    return (_WORDS.get(" ".join(words)) or _FIRST_WORDS.get(words[0])) if words else None


def _plain(answer: str) -> str:
    """Small letters, without punctuation and what stands in quotes around a word."""
    return "".join(c if unicodedata.category(c)[0] in "LMN" else " " for c in unicodedata.normalize("NFKC", answer).casefold())


def answered(phone: str, wanted: Wish, gateway: str, *, at: float) -> None:
    """Do what the holder of `phone` (E.164) asked for at that instant, in an answer that came by that gateway.

    Whichever comes first, the later word counts: what is older was only long on its way. Raises CountersGone.
    """
    if wanted is Wish.START:
        _note_start(phone, at)
    elif at < _started_at(phone):
        return
    with writing() as connection:
        if wanted is Wish.STOP:
            stop(connection, phone, gateway, at=at)
        else:
            _allow(connection, None, phone, until=at, outcome="by answer")


def stop(connection: Connection, phone: str, gateway: str | None, *, at: float) -> None:
    """Send nothing to `phone` (E.164) from that instant on, in the caller's transaction."""
    said = {"phone": phone, "gateway": gateway, "at": at}
    if not connection.execute(_STOP, said).rowcount:
        connection.execute(_STILL, said)
    else:
        record(connection, None, _event(connection, What.TEXTS_STOPPED, phone, detail={"gateway": gateway}))


def allow(phone: str, client: Client, *, actor: Actor) -> bool:
    """Send to `phone` (E.164) again, as its holder told somebody in charge. False: nothing stood against it.

    Raises CountersGone.
    """
    _note_start(phone, clock.now())
    with writing() as connection:
        return _allow(connection, client, phone, until=math.inf, outcome="by hand", actor=actor)


def _note_start(phone: str, at: float) -> None:
    """Keep in mind since when messages are wanted, for as long as an older STOP may still be on its way."""
    if at > _started_at(phone):
        # Rounded down: of a STOP in the same second nobody can tell that it was the first.
        counters.take(Ask(_key(phone), max(1, int(at + LONGEST_AGO - clock.now())), renew=True))


def _started_at(phone: str) -> float:
    hit = counters.take(Ask(_key(phone), 1, amount=0))[0]
    return hit.ends_at - LONGEST_AGO if hit.count else -math.inf


def _key(phone: str) -> str:
    return f"texts wanted:{phone}"


def _allow(connection: Connection, client: Client | None, phone: str, *, until: float, **about: Any) -> bool:
    gone = connection.execute(delete(OptOut).where(OptOut.phone == phone, OptOut.stopped_at <= until)).rowcount == 1
    if gone:
        record(connection, client, _event(connection, What.TEXTS_ALLOWED, phone, **about))
    return gone


def _event(connection: Connection, what: What, phone: str, **about: Any) -> Event:
    """Of the user who has the number now; of anybody else's no more than its last two digits are on record."""
    user_id = connection.execute(select(User.id).where(User.phone == phone)).scalar_one_or_none()
    detail = {"ending": phone[-2:], **about.pop("detail", {})}
    return Event(event=what, user_id=user_id, detail=detail, **about)


def stopped_at(phone: str) -> float | None:
    """When the holder of `phone` (E.164) answered STOP, in seconds since 1970 UTC; None if nothing stands against messages."""
    with reading() as connection:
        return connection.execute(select(OptOut.stopped_at).where(OptOut.phone == phone)).scalar_one_or_none()
