"""What may a gateway be set to, and a rule say? What is wrong with what somebody asks for, as values."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from portal.messages.routing import soundness
from portal.messages.routing.choosing import Choice
from portal.messages.routing.kinds import VONAGE, suffices
from portal.models import GatewayKind

LONGEST_TITLE, LONGEST_SECRET, LONGEST_KEY, FASTEST = 80, 500, 20_000, 10_000
MOST_CHOICES = 6
GOES_TO: dict[GatewayKind, tuple[str, ...]] = {
    **dict.fromkeys(VONAGE, ("api_host", "rest_host")), GatewayKind.HTTP: ("address", "ca"), GatewayKind.MAIL: ("address",),
    GatewayKind.INBOX: (),
}
"""The settings of each kind that say to whom its credentials are shown."""
PRIVATE_KEY, APPLICATION_ID = "private_key", "application_id"
_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?")
_SENDER = re.compile(r"\+?[0-9]{3,15}|(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}")
_NUMBER = re.compile(r"\+?[0-9]{3,15}")
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?(?::[0-9]{1,5})?")
_PREFIX = re.compile(r"[1-9][0-9]{0,7}|")
_RESERVED = frozenset({*GatewayKind, "console"})


class Flaw(StrEnum):
    """Why a gateway cannot be as asked."""

    TITLE = "a title has 1 to 80 characters, none of them invisible"
    NAME = "a name has 1 to 32 small letters, digits and hyphens, and is not that of a kind"
    TAKEN = "another gateway has that name already"
    SENDER = "a sender is a number, or up to 11 letters and digits"
    SENDER_NUMBER = "a call comes from a number"
    RATE = "a gateway takes 1 to 10000 messages a second"
    HOST = "a host is written as api.example.com, with a port if need be"
    HOST_ELSEWHERE = "the environment's credentials go to Vonage alone"
    PAIR = "key and secret are needed"
    APPLICATION = "the application's id and its private key are needed"
    EITHER = "key and secret are needed, or the application's id and its private key"
    PRIVATE_KEY = "a private key is PKCS#8 PEM text that can be read"
    SECRET = "a secret is needed where a template names it"  # noqa: S105 - words, no secret
    SECRET_ODD = "a secret has at most 500 characters, none of them invisible, and those of Vonage no blank"  # noqa: S105 - words, no secret
    SECRET_ELSEWHERE = "secrets that would go to another address are entered once more"  # noqa: S105 - words, no secret
    SECRET_SHOWN = "a secret that would stand in another place is entered once more"  # noqa: S105 - words, no secret


LACKING = frozenset({Flaw.PAIR, Flaw.APPLICATION, Flaw.EITHER, Flaw.SECRET})
"""Those that say that there are no credentials, or not enough."""


class RuleFlaw(StrEnum):
    """Why a rule cannot be as asked."""

    PREFIX = "numbers begin with 1 to 8 digits, the first of them not 0"
    TAKEN = "there is a rule for these numbers already"
    NONE = "a rule names one gateway at least"
    TWICE = "a rule names each gateway once"
    UNKNOWN = "there is no such gateway"
    SENDER = "a sender is a number, or up to 11 letters and digits"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a gateway shall be. `name` counts when it is added. `secrets`: new ones by their names in `kinds.CREDENTIALS`; what
    is kept stays, unless `forget` says that only the new ones count."""

    kind: GatewayKind
    title: str
    name: str = ""
    per_second: int | None = 1
    sender: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    forget: bool = False


def flaws_of(asked: Asked, known: Iterable[str] = (), *, by_environment: bool = False) -> tuple[Flaw, ...]:
    """All that can be said against it. `known`: the names of credentials that it will have besides the new ones."""
    secrets = () if by_environment else _of_secrets(asked, {*known, *asked.secrets})
    return tuple(dict.fromkeys([*_of_all(asked), *secrets]))


def is_name(name: str) -> bool:
    """Whether a gateway can have that name: none that the environment's can have."""
    return _NAME.fullmatch(name) is not None and name not in _RESERVED


def free_name(kind: GatewayKind, taken: Iterable[str]) -> str:
    """A name for one more gateway of that kind."""
    there, number = set(taken), 1
    while f"{kind.value}-{number}" in there:
        number += 1
    return f"{kind.value}-{number}"


def rule_flaws(prefix: str, choices: Iterable[Choice], gateways: Iterable[str]) -> tuple[RuleFlaw, ...]:
    """All that can be said against a rule, without looking at the other rules; `gateways`: the names that there are."""
    return tuple(dict.fromkeys(_of_rule(prefix, list(choices), set(gateways))))


def _of_all(asked: Asked) -> Iterator[Flaw]:
    if not 1 <= len(asked.title) <= LONGEST_TITLE or not asked.title.isprintable():
        yield Flaw.TITLE
    if asked.kind is GatewayKind.VONAGE_VOICE and not _NUMBER.fullmatch(asked.sender):
        yield Flaw.SENDER_NUMBER
    elif not _SENDER.fullmatch(asked.sender):
        yield Flaw.SENDER
    if asked.per_second is None or not 1 <= asked.per_second <= FASTEST:
        yield Flaw.RATE
    if any(name in asked.settings and not _HOST.fullmatch(asked.settings[name]) for name in ("api_host", "rest_host")):
        yield Flaw.HOST


def _of_secrets(asked: Asked, known: set[str]) -> Iterator[Flaw]:
    if not suffices(asked.kind, known, asked.settings):
        yield _LACKING[asked.kind]
    elif asked.kind in VONAGE and (APPLICATION_ID in known) is not (PRIVATE_KEY in known):
        yield Flaw.APPLICATION
    for name, secret in asked.secrets.items():
        if name == PRIVATE_KEY:
            if len(secret) > LONGEST_KEY or not soundness.is_readable(secret):
                yield Flaw.PRIVATE_KEY
        elif len(secret) > LONGEST_SECRET or not secret.isprintable() or (" " in secret and asked.kind in VONAGE):
            yield Flaw.SECRET_ODD


_LACKING = {
    GatewayKind.VONAGE: Flaw.EITHER, GatewayKind.VONAGE_SMS: Flaw.PAIR, GatewayKind.VONAGE_VOICE: Flaw.APPLICATION,
    GatewayKind.HTTP: Flaw.SECRET, GatewayKind.MAIL: Flaw.SECRET,
}


def _of_rule(prefix: str, choices: list[Choice], gateways: set[str]) -> Iterator[RuleFlaw]:
    if not _PREFIX.fullmatch(prefix):
        yield RuleFlaw.PREFIX
    if not 1 <= len(choices) <= MOST_CHOICES:
        yield RuleFlaw.NONE
    if len({choice.gateway for choice in choices}) < len(choices):
        yield RuleFlaw.TWICE
    if any(choice.gateway not in gateways for choice in choices):
        yield RuleFlaw.UNKNOWN
    if any(choice.sender is not None and not _SENDER.fullmatch(choice.sender) for choice in choices):
        yield RuleFlaw.SENDER
