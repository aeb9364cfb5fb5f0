"""Who is told of an alarm, and did they hear it? Mail to each operator and one webhook, as the settings say."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from config import Settings
from portal import mail
from portal.mail import MailNotSent
from portal.messages.alarms import words
from portal.messages.alarms.words import News

log = logging.getLogger(__name__)

SECONDS = 5.0
"""That one way takes at most."""
MOST_MAILS = 10
WEBHOOK = "webhook"


@dataclass(frozen=True)
class Told:
    """What came of telling by one way: `way` is a mail address or WEBHOOK; `fault` says why it was not taken, if it was not."""

    way: str
    fault: str = ""


def ways(settings: Settings) -> list[str]:
    """By which ways the operator can be told."""
    return [*_addresses(settings), *([WEBHOOK] if settings.portal_alarm_webhook else [])]


def longest(settings: Settings) -> float:
    """Seconds that it takes at most."""
    return SECONDS * len(ways(settings))


def tell(settings: Settings, news: Sequence[News]) -> list[Told]:
    """Tell it by every way once; what came of each."""
    found = [Told(way, act()) for way, act in _acts(settings, news)]
    for told in found:
        if told.fault:
            # Not the address: it is a person's.
            log.error("operator: %s was not told: %s", WEBHOOK if told.way == WEBHOOK else "a mail address", told.fault)
    return found


def _addresses(settings: Settings) -> list[str]:
    return settings.portal_alarm_mail[:MOST_MAILS] if mail.is_set_up(settings) else []


def _acts(settings: Settings, news: Sequence[News]) -> Iterator[tuple[str, Callable[[], str]]]:
    subject, body = words.headline(settings.portal_name, news), words.text(settings.portal_url, news)
    if settings.portal_alarm_webhook:
        facts = words.facts(settings.portal_name, settings.portal_url, news)
        yield WEBHOOK, lambda: _post(settings.portal_alarm_webhook, facts)
    for address in _addresses(settings):
        yield address, lambda to=address: _mail(settings, to, subject, body)  # type: ignore[misc]


def _mail(settings: Settings, to: str, subject: str, body: str) -> str:
    """Why it was not taken, if it was not."""
    try:
        mail.send(settings, to, subject, body, seconds=SECONDS)
    except MailNotSent as fault:
        return str(fault)
    return ""


def _post(address: str, facts: Mapping[str, Any]) -> str:
    """Why it was not taken, if it was not."""
    from portal.messages.alarms import webhook  # 90 ms and 10 MB, which no web process needs

    return webhook.post(address, facts, SECONDS)
