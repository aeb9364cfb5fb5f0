"""By which gateways may a message go to this number, and in which order? PURE."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from portal.messages.routing.register import Gateway
from portal.models import Channel


@dataclass(frozen=True)
class Choice:
    """A gateway by its name, and the sender that messages have through it; None: the gateway's own."""

    gateway: str
    sender: str | None = None


@dataclass(frozen=True, kw_only=True)
class Route:
    """The choices for numbers that begin with `prefix` (digits without the plus sign), in their order."""

    id: int
    prefix: str
    choices: tuple[Choice, ...]
    version: int = 1


@dataclass(frozen=True)
class Way:
    """A gateway that a message may go by, and its sender there."""

    gateway: Gateway
    sender: str


@dataclass(frozen=True)
class Chosen:
    """The ways of a message, the best first, and the rule they are of; None where no rule holds."""

    rule: Route | None
    ways: tuple[Way, ...]


def ways(gateways: Sequence[Gateway], routes: Sequence[Route], phone: str, channel: Channel) -> tuple[Way, ...]:
    """The ways to `phone` (E.164), the best first: those of the rule with the longest prefix that has any in use.

    Without one, all gateways in use in their own order. None at all: no message can go there.
    """
    return chosen(gateways, routes, phone, channel).ways


def chosen(gateways: Sequence[Gateway], routes: Sequence[Route], phone: str, channel: Channel) -> Chosen:
    """The same with the rule that says so."""
    usable = {gateway.name: gateway for gateway in gateways if gateway.enabled and channel in gateway.channels}
    for route in of(routes, phone):
        found = [Way(usable[choice.gateway], choice.sender or usable[choice.gateway].sender)
                 for choice in route.choices if choice.gateway in usable]
        if found:
            return Chosen(route, tuple(found))
    return Chosen(None, tuple(Way(gateway, gateway.sender) for gateway in usable.values()))


def by(gateway: Gateway, routes: Sequence[Route], phone: str) -> Way:
    """The way to `phone` (E.164) by this gateway and no other, with the sender that the rules say."""
    said = (choice.sender for route in of(routes, phone) for choice in route.choices if choice.gateway == gateway.name)
    return Way(gateway, next(said, None) or gateway.sender)


def of(routes: Sequence[Route], phone: str) -> list[Route]:
    """The rules that hold for `phone` (E.164), that with the longest prefix first."""
    holding = [route for route in routes if phone.removeprefix("+").startswith(route.prefix)]
    return sorted(holding, key=lambda route: -len(route.prefix))
