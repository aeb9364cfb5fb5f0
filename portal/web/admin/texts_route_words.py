"""How is it said for which numbers a rule is, and which way a message to a number would go, and why?"""

from __future__ import annotations

from dataclasses import dataclass, field

from flask_babel import gettext as _

from portal.messages import guard
from portal.messages.routing import choosing
from portal.messages.routing.choosing import Way
from portal.messages.standing import Standing
from portal.models import Channel
from portal.web import phrases
from portal.web.countries import calling_codes


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What is said of a number: `refused` by the guard, or the ways of a text and of a call, each with its reason."""

    number: str = ""
    refused: str = ""
    why: str = ""
    text: list[str] = field(default_factory=list)
    voice: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)

    @classmethod
    def not_a_number(cls) -> Answer:
        """Nothing that can be called."""
        return cls(refused=_("That isn’t a whole phone number. Write it with its country code, such as +44 7400 123456."))


def numbers_words(prefix: str) -> str:
    """For which numbers a rule is."""
    if not prefix:
        return _("Everywhere else")
    name = dict(calling_codes()).get(prefix, "")
    return name or f"+{prefix}"


def answer(phone: str, stands: Standing) -> Answer:
    """Which way a message to `phone` (E.164) would go, and why."""
    refusal = guard.refusal(phone, stands.rules)
    ways = {channel: stands.ways(phone, channel) for channel in Channel}
    return Answer(
        number=phone, refused=phrases.number_refused(refusal) if refusal else "", why=_why(phone, stands, ways[Channel.TEXT]),
        text=[_way(way) for way in ways[Channel.TEXT]], voice=[_way(way) for way in ways[Channel.VOICE]],
        skipped=_skipped(phone, stands))


def _way(way: Way) -> str:
    return _("%(gateway)s, sender %(sender)s", gateway=way.gateway.title, sender=way.sender)


def _why(phone: str, stands: Standing, ways: tuple[Way, ...]) -> str:
    """By which rule: the one with the longest beginning that names a gateway in use."""
    if not ways:
        return _("No gateway for text messages is on.")
    rule = choosing.chosen(stands.gateways, stands.routes, phone, Channel.TEXT).rule
    if rule is None:
        return _("No rule for it: by all gateways that are on, in their own order.")
    return _("By the rule for %(numbers)s.", numbers=numbers_words(rule.prefix) if rule.prefix else _("everywhere else"))


def _skipped(phone: str, stands: Standing) -> list[str]:
    """What the rules name and is passed over, for it is off."""
    rules = choosing.of(stands.routes, phone)
    names = dict.fromkeys(choice.gateway for rule in rules for choice in rule.choices)
    off = [gateway for name in names if (gateway := stands.named(name)) and not gateway.enabled]
    return [_("%(gateway)s is off and passed over.", gateway=gateway.title) for gateway in off]
