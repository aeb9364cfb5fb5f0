"""Who is killed, when, and what do the gateways do and say meanwhile? PURE: one schedule for each seed."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class Victim(StrEnum):
    """What is killed without a warning; PORTAL: gunicorn with all its workers."""

    NOBODY = "nobody"
    WORKER = "web worker"
    PORTAL = "web processes"
    SENDER = "sender"
    SENDERS = "both senders"
    REDIS = "Redis"
    POSTGRES = "PostgreSQL"


class Click(StrEnum):
    """What the person does at whose moment the fault comes."""

    LOGIN = "log in"
    RESEND = "send again"
    CALL = "call me instead"
    CANCEL = "cancel"


class Said(StrEnum):
    """What a gateway says afterwards of what it took, the less certain first."""

    TAKEN = "taken"
    UNDELIVERABLE = "undeliverable"
    DELIVERED = "delivered"


Tale = tuple[tuple[float, Said], ...]
"""What a gateway says of each message that it takes, each so many seconds after it took it."""


@dataclass(frozen=True)
class Answering:
    """A gateway answers as `mood` says, after `takes` seconds."""

    mood: str
    takes: float


@dataclass(frozen=True)
class Fault:
    """One run: `moment` in seconds after the click; how both gateways answer, and what they say afterwards.

    Whoever cancels does so `pause` seconds after the login. Behind it nothing happens for `rest` seconds: where there are none,
    the next run meets senders that are starting, and their gateways with another mood.
    """

    number: int
    click: Click
    victim: Victim
    moment: float
    pause: float
    first: Answering
    second: Answering
    tale: Tale
    rest: float


LATEST = 0.9
"""Seconds behind a click in which everything that belongs to it has been begun."""
_MOODS = ("ok", "ok", "ok", "close", "reset", "garbage", "drip", "500", "429", "429", "402", "422")
_SECOND_MOODS = ("ok", "ok", "ok", "close", "drip", "500", "429", "402")
_TALES: tuple[Tale, ...] = (
    (), (), (),
    ((0.1, Said.TAKEN), (0.4, Said.DELIVERED)),
    ((0.0, Said.DELIVERED), (0.2, Said.TAKEN)),
    ((0.2, Said.DELIVERED), (0.2, Said.DELIVERED)),
    ((0.2, Said.UNDELIVERABLE),),
    ((0.1, Said.UNDELIVERABLE), (0.6, Said.DELIVERED)),
    ((0.3, Said.DELIVERED), (0.4, Said.UNDELIVERABLE)),
    ((4.0, Said.TAKEN), (6.0, Said.DELIVERED)),
    ((5.0, Said.UNDELIVERABLE), (5.0, Said.UNDELIVERABLE)),
)


def schedule(seed: int, runs: int, victims: tuple[Victim, ...]) -> Iterator[Fault]:
    """So many faults, the same ones for the same seed: every victim in turn, at moments that are dense at the beginning."""
    chance = random.Random(seed)
    for number in range(runs):
        yield Fault(
            number=number, click=chance.choice(list(Click)), victim=victims[number % len(victims)],
            moment=LATEST * chance.random() ** 2, pause=chance.choice((0.0, 0.2, 1.0, 3.0)),
            first=Answering(chance.choice(_MOODS), chance.choice((0.0, 0.05, 0.3, 1.5))),
            second=Answering(chance.choice(_SECOND_MOODS), chance.choice((0.0, 0.0, 0.05, 1.5))),
            tale=chance.choice(_TALES), rest=chance.choice((0.0, 0.0, 2.5)))
