"""How does a message become mail to a provider that makes a text of it? As an administrator has described it. PURE."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from portal.messages.gateways import bodies
from portal.messages.gateways.template import ALL, NUMBERS, SECRETS, TEXT, Flaw, Wrong, misplaced, missing, named

LONGEST_ADDRESS, LONGEST_SUBJECT = 250, 250
_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,100}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)*[A-Za-z0-9-]+")
_LINE = re.compile(r"[^\x00-\x1f\x7f\u2028\u2029]*")


def flaws(settings: Mapping[str, Any]) -> tuple[Wrong, ...]:
    """All that is wrong with the settings of such a gateway."""
    return tuple(_flaws(settings))


def is_mail_address(address: str) -> bool:
    """Whether mail can go there: plain letters only, and none that a server could take for the end of a command."""
    return len(address) <= LONGEST_ADDRESS and _ADDRESS.fullmatch(address) is not None


def _flaws(settings: Mapping[str, Any]) -> Iterator[Wrong]:
    address, subject, body = (settings.get(name, "") for name in ("address", "subject", "body"))
    yield from _of_address(address)
    if settings.get("from") and not is_mail_address(settings["from"]):
        yield Wrong("from", Flaw.MAIL_FROM)
    if len(subject) > LONGEST_SUBJECT or not _LINE.fullmatch(subject):
        yield Wrong("subject", Flaw.SUBJECT)
    yield from misplaced("subject", subject, ALL - {TEXT})
    yield from bodies.flaws("text", body)
    yield from missing("body", address, subject, body)


def _of_address(address: str) -> Iterator[Wrong]:
    """Placeholders stand before the @ alone: no number leads the mail elsewhere."""
    local, _, domain = address.rpartition("@")
    if not is_mail_address(address) or named(domain) or "{" in domain or ".." in address:
        yield Wrong("address", Flaw.MAIL_ADDRESS)
    else:
        yield from misplaced("address", local, NUMBERS | {"from", "id"} | SECRETS)
