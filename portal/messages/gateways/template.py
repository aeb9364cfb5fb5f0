"""What do placeholders such as {text} stand for, and what may be said against a place in which one stands? PURE."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from portal.messages.gateways.contract import Outgoing

TEXT, NUMBERS, SECRETS = "text", frozenset({"to", "to_digits"}), frozenset({"secret", "secret_base64"})
SHORT = NUMBERS | {"from", "id", "ttl"}
"""The message's other facts: one line each, of few letters."""
ALL = SHORT | SECRETS | {TEXT}
_MARK = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")


class Flaw(StrEnum):
    """What is wrong with a setting of a gateway that an administrator describes."""

    UNKNOWN = "a placeholder that there is not"
    PLACE = "a placeholder that cannot stand in that place"
    BRACE = "a brace that belongs to no placeholder"
    NO_TEXT = "the message itself is nowhere"
    NO_NUMBER = "the number is nowhere"
    LONG = "too long"
    METHOD = "a method that there is not"
    ADDRESS = "no whole https address"
    NOT_CALLED = "an address that is never called"
    HEADER = "no header"
    HEADER_OURS = "a header that is not for an administrator to write"
    BODY_TYPE = "a kind of body that there is not"
    BODY = "a body where there is none"
    JSON = "no JSON, or a placeholder outside its strings"
    FORM = "no encoded form"
    XML = "no XML, or a placeholder where it is not only text"
    TEXT_LAST = "the message in plain text, but not at the end"
    STATUSES = "no statuses"
    PATH = "no path in JSON"
    CONDITION = "a condition without words"
    CA = "no certificates"
    MAIL_ADDRESS = "no mail address with the number in it"
    MAIL_FROM = "no mail address"
    SUBJECT = "a subject of several lines"


@dataclass(frozen=True)
class Wrong:
    """One thing that is wrong with a setting; `detail`: the placeholder, header or line that it is about."""

    setting: str
    flaw: Flaw
    detail: str = ""


def values(message: Outgoing, secret: str) -> dict[str, str]:
    """What each placeholder stands for."""
    return {
        "to": message.to, "to_digits": message.to.removeprefix("+"), "from": message.sender, "text": message.text,
        "id": str(message.id), "ttl": str(message.lifetime), "secret": secret,
        "secret_base64": b64encode(secret.encode()).decode(),
    }


def named(template: str) -> list[str]:
    """The names of its placeholders, known or not, as they come."""
    return _MARK.findall(template)


def filled(template: str, values: Mapping[str, str], encode: Callable[[str], str] = str) -> str:
    """The template with each placeholder's value, encoded. What a value holds is never taken for a placeholder."""
    return _MARK.sub(lambda mark: encode(values[mark[1]]), template)


def literal(template: str) -> str:
    """What is left of it without its placeholders."""
    return _MARK.sub("", template)


def misplaced(setting: str, template: str, allowed: frozenset[str], *, braces: bool = True) -> Iterator[Wrong]:
    """What is wrong with the placeholders of a template where only some are allowed. `braces`: whether other braces are wrong."""
    for name in named(template):
        if name not in allowed:
            yield Wrong(setting, Flaw.PLACE if name in ALL else Flaw.UNKNOWN, name)
    if braces and re.search(r"[{}]", literal(template)):
        yield Wrong(setting, Flaw.BRACE)


def missing(setting: str, *templates: str) -> Iterator[Wrong]:
    """Whether message and number are nowhere in these templates."""
    there = {name for template in templates for name in named(template)}
    if TEXT not in there:
        yield Wrong(setting, Flaw.NO_TEXT)
    if not there & NUMBERS:
        yield Wrong(setting, Flaw.NO_NUMBER)
