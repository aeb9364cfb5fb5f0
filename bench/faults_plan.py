"""Who is killed, when, and what does the gateway do meanwhile? PURE: one schedule for each seed."""

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


@dataclass(frozen=True)
class Fault:
    """One run: `moment` in seconds after the click; the gateway answers as `mood` says, after `takes` seconds."""

    number: int
    click: Click
    victim: Victim
    moment: float
    mood: str
    takes: float


LATEST = 0.9
"""Seconds behind a click in which everything that belongs to it has been begun."""
_MOODS = ("ok", "ok", "ok", "close", "reset", "garbage", "500", "429", "402")


def schedule(seed: int, runs: int, victims: tuple[Victim, ...]) -> Iterator[Fault]:
    """So many faults, the same ones for the same seed: every victim in turn, at moments that are dense at the beginning."""
    chance = random.Random(seed)
    for number in range(runs):
        yield Fault(
            number=number, click=chance.choice(list(Click)), victim=victims[number % len(victims)],
            moment=LATEST * chance.random() ** 2, mood=chance.choice(_MOODS), takes=chance.choice((0.0, 0.05, 0.3, 1.5)))
