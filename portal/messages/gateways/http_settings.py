"""How is a provider called by HTTP, and how is it told what its answers mean? As an administrator has described it. PURE."""

from __future__ import annotations

import re
import ssl
from collections.abc import Iterator, Mapping
from typing import Any

from portal import addresses
from portal.messages.gateways import bodies
from portal.messages.gateways.template import ALL, SECRETS, SHORT, TEXT, Flaw, Wrong, misplaced, missing, named

METHODS = ("POST", "PUT", "GET")
BODY_TYPES = ("json", "form", "xml", "text", "none")
CONDITIONS = ("success", "failed", "refused")
"""What an answer says: it was sent, it surely was not, or the number is bad."""
STATUSES = "200-299"
LONGEST_ADDRESS, LONGEST_LINE, LONGEST_PEM, MOST_HEADERS = 1_000, 1_000, 20_000, 20
_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
_LINE = re.compile(r"[!-~](?:[ -~]*[!-~])?")
_OURS = frozenset({
    "accept-encoding", "connection", "content-encoding", "content-length", "cookie", "expect", "host", "keep-alive",
    "proxy-authorization", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade",
})
"""They say how the message is carried, not what it says: with them an answer could be taken for another's."""
_PATH = re.compile(r"[^.\s]{1,100}(?:\.[^.\s]{1,100}){0,9}")
_RANGE = re.compile(r"([1-5][0-9]{2})(?:\s*-\s*([1-5][0-9]{2}))?")
_CERTIFICATES = re.compile(r"(?:\s*-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----)+\s*")


def flaws(settings: Mapping[str, Any], *, production: bool = True) -> tuple[Wrong, ...]:
    """All that is wrong with the settings of such a gateway."""
    return tuple(_flaws(settings, production=production))


def statuses(written: str) -> tuple[range, ...]:
    """The statuses that are written as `200-299` or `200, 202`. Raises ValueError."""
    found = [_RANGE.fullmatch(part.strip()) for part in (written or STATUSES).split(",")]
    if not all(found):
        raise ValueError(written)
    return tuple(range(int(each[1]), int(each[2] or each[1]) + 1) for each in found if each)


def _flaws(settings: Mapping[str, Any], *, production: bool) -> Iterator[Wrong]:
    address, body, body_type = settings.get("address", ""), settings.get("body", ""), settings.get("body_type", "json")
    if settings.get("method", "POST") not in METHODS:
        yield Wrong("method", Flaw.METHOD)
    yield from _of_address(address, production=production)
    for number, header in enumerate(settings.get("headers", ()), start=1):
        yield from _of_header(number, *header)
    if len(settings.get("headers", ())) > MOST_HEADERS:
        yield Wrong("headers", Flaw.LONG)
    if settings.get("method") == "GET" and body_type != bodies.NONE:
        yield Wrong("body_type", Flaw.BODY)
    yield from bodies.flaws(body_type, body)
    yield from missing("address" if body_type == bodies.NONE else "body", address, body)
    yield from _of_answers(settings)


def _of_address(address: str, *, production: bool) -> Iterator[Wrong]:
    """Placeholders stand behind the host alone, or a number could lead the secret elsewhere."""
    parts = addresses.parts_of(address)
    if len(address) > LONGEST_ADDRESS or parts is None or not addresses.is_secure(address, production=production) \
            or "#" in address or named(parts.netloc) or not bodies.is_encoded(address):
        yield Wrong("address", Flaw.ADDRESS)
        return
    if addresses.is_of_surroundings(parts.hostname or ""):
        yield Wrong("address", Flaw.NOT_CALLED)
    yield from misplaced("address", parts.path, SHORT | SECRETS)
    yield from misplaced("address", parts.query, ALL)


def _of_header(line: int, name: str, value: str) -> Iterator[Wrong]:
    """A text has two lines, and a header one."""
    if not _NAME.fullmatch(name) or not _LINE.fullmatch(value) or len(value) > LONGEST_LINE:
        yield Wrong("headers", Flaw.HEADER, str(line))
    elif name.lower() in _OURS:
        yield Wrong("headers", Flaw.HEADER_OURS, name)
    yield from misplaced("headers", value, ALL - {TEXT})


def _of_answers(settings: Mapping[str, Any]) -> Iterator[Wrong]:
    try:
        statuses(settings.get("statuses", ""))
    except ValueError:
        yield Wrong("statuses", Flaw.STATUSES)
    for name in CONDITIONS:
        yield from _of_condition(name, settings.get(name, {}))
    if settings.get("reference") and not _PATH.fullmatch(settings["reference"]):
        yield Wrong("reference", Flaw.PATH)
    if settings.get("ca") and not _are_certificates(settings["ca"]):
        yield Wrong("ca", Flaw.CA)


def _of_condition(name: str, condition: Mapping[str, Any]) -> Iterator[Wrong]:
    """A path without a value asks that there is anything at all."""
    if condition.get("path") and not _PATH.fullmatch(condition["path"]):
        yield Wrong(f"{name}_path", Flaw.PATH)
    if condition and not condition.get("path") and not condition.get("values"):
        yield Wrong(f"{name}_value", Flaw.CONDITION)


def _are_certificates(text: str) -> bool:
    if len(text) > LONGEST_PEM or not _CERTIFICATES.fullmatch(text):
        return False
    try:
        ssl.create_default_context(cadata=text)
    except (ssl.SSLError, ValueError):
        return False
    return True
