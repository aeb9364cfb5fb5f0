"""What may an outside identity source be set to, and what is wrong with what somebody asks for?"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from portal.addresses import is_secure, parts_of
from portal.extensions import settings
from portal.models import SourceKind

LONGEST_NAME, LONGEST_TITLE, LONGEST_ADDRESS, LONGEST_CLIENT_ID, LONGEST_SECRET, LONGEST_PEM = 40, 80, 500, 255, 2_000, 20_000
MOST_SERVERS = 10
GOES_TO = ("issuer", "base", "servers", "starttls", "ca")
"""The settings that say to whom the secret of a source is shown."""
IDENTIFIER = "{identifier}"
"""Stands in a filter or a DN for what a person types."""
SUBJECT = "subject"
_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
_DOMAIN = re.compile(r"(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")
_SCOPE = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]{1,100}")
_ATTRIBUTE = re.compile(r"[A-Za-z][A-Za-z0-9;-]{0,63}")
_RESERVED = ("password", "scan")


class Flaw(StrEnum):
    """Why a source cannot be as asked."""

    TITLE = "a title has 1 to 80 characters, none of them invisible"
    NAME = "a name has 1 to 40 small letters, digits and hyphens"
    TAKEN = "another source has that name already"
    ISSUER = "an issuer is a whole https address without query and fragment"
    BASE = "a base address is a whole https one without path, query and fragment"
    CLIENT_ID = "a client id has 1 to 255 characters without blanks"
    SECRET = "a secret is needed"  # noqa: S105 - words, no secret
    SECRET_ELSEWHERE = "a secret that would go to another address is entered once more"  # noqa: S105 - words, no secret
    SECRET_ODD = "a secret has at most 2000 characters, none of them invisible"  # noqa: S105 - words, no secret
    SCOPES = "scopes are words, openid among them"
    DOMAINS = "an email domain is written as example.com"
    SERVERS = "a server is written as ldaps://host, or ldap://host together with StartTLS"
    CA = "certificates are PEM text"
    BASE_DN = "a base DN is needed for the search"
    FILTER = "a filter contains {identifier}, and its brackets match"
    USER_DN = "a DN contains {identifier}"
    BIND = "either the DN of everybody, or a search"
    ATTRIBUTES = "attributes are names, that of the subject among them"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a source shall be. `secret`: a new one, None to keep what there is. `name` and `enabled` count when it is added."""

    kind: SourceKind
    title: str
    name: str = ""
    enabled: bool = False
    secret: str | None = field(default=None, repr=False)
    settings: Mapping[str, Any] = field(default_factory=dict)


def flaws_of(asked: Asked, *, has_secret: bool = False) -> tuple[Flaw, ...]:
    """All that can be said against it without asking the source or looking at the others. `has_secret`: it has one already."""
    return tuple(dict.fromkeys([*_of_all(asked), *_OF_KIND[asked.kind](asked.settings), *_of_secret(asked, has_secret)]))


def is_name(name: str) -> bool:
    """Whether a source can have that name."""
    return _NAME.fullmatch(name) is not None and name not in _RESERVED


def name_of(title: str) -> str:
    """The name that a title suggests; empty if nothing is left of it."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:LONGEST_NAME].strip("-")


def _of_all(asked: Asked) -> Iterator[Flaw]:
    if not 1 <= len(asked.title) <= LONGEST_TITLE or not _seen(asked.title):
        yield Flaw.TITLE
    if not all(_DOMAIN.fullmatch(domain) for domain in asked.settings.get("email_domains", ())):
        yield Flaw.DOMAINS
    if "ca" in asked.settings and not _is_pem(asked.settings["ca"]):
        yield Flaw.CA


def _of_secret(asked: Asked, has_secret: bool) -> Iterator[Flaw]:
    needed = asked.kind is SourceKind.OAUTH or (asked.kind is SourceKind.LDAP and asked.settings.get("bind_dn"))
    if needed and not asked.secret and not has_secret:
        yield Flaw.SECRET
    if asked.secret and (len(asked.secret) > LONGEST_SECRET or not _seen(asked.secret)):
        yield Flaw.SECRET_ODD


def _of_oidc(wanted: Mapping[str, Any]) -> Iterator[Flaw]:
    if not is_address(wanted.get("issuer", "")):
        yield Flaw.ISSUER
    yield from _of_client(wanted)
    scopes = wanted.get("scopes", ["openid"])
    if "openid" not in scopes or not all(map(_SCOPE.fullmatch, [*scopes, *wanted.get("acr_values", ())])):
        yield Flaw.SCOPES


def _of_oauth(wanted: Mapping[str, Any]) -> Iterator[Flaw]:
    if "base" in wanted and not (is_address(wanted["base"]) and urlsplit(wanted["base"]).path in ("", "/")):
        yield Flaw.BASE
    yield from _of_client(wanted)


def _of_client(wanted: Mapping[str, Any]) -> Iterator[Flaw]:
    client_id = wanted.get("client_id", "")
    if not 1 <= len(client_id) <= LONGEST_CLIENT_ID or not _seen(client_id) or " " in client_id:
        yield Flaw.CLIENT_ID


def _of_ldap(wanted: Mapping[str, Any]) -> Iterator[Flaw]:
    servers, starttls = wanted.get("servers", ()), bool(wanted.get("starttls"))
    if not servers or len(servers) > MOST_SERVERS or not all(_is_server(server, starttls=starttls) for server in servers):
        yield Flaw.SERVERS
    attributes = wanted.get("attributes", {})
    if not attributes.get(SUBJECT) or not all(_ATTRIBUTE.fullmatch(name) for name in attributes.values()):
        yield Flaw.ATTRIBUTES
    yield from _of_bind(wanted)


def _of_bind(wanted: Mapping[str, Any]) -> Iterator[Flaw]:
    if "user_dn" in wanted:
        if IDENTIFIER not in wanted["user_dn"]:
            yield Flaw.USER_DN
        if "bind_dn" in wanted:
            yield Flaw.BIND
        return
    if not wanted.get("base_dn"):
        yield Flaw.BASE_DN
    if not _is_filter(wanted.get("filter", "")):
        yield Flaw.FILTER


_OF_KIND = {SourceKind.OIDC: _of_oidc, SourceKind.OAUTH: _of_oauth, SourceKind.LDAP: _of_ldap}


def is_address(address: str) -> bool:
    """Whether it is an https address without anything behind its path; in development http to this very machine passes."""
    if len(address) > LONGEST_ADDRESS or not _seen(address) or any(mark in address for mark in " ?#"):
        return False
    return is_secure(address, production=settings().production)


def _is_server(address: str, *, starttls: bool) -> bool:
    parts = parts_of(address) if _seen(address) and len(address) <= LONGEST_ADDRESS else None
    if parts is None or not parts.hostname or parts.path not in ("", "/") or any(mark in address for mark in " ?#\\@"):
        return False
    return parts.scheme == ("ldap" if starttls else "ldaps")


def _is_filter(text: str) -> bool:
    depth = 0
    for character in text:
        depth += {"(": 1, ")": -1}.get(character, 0)
        if depth < 0:
            return False
    return depth == 0 and IDENTIFIER in text and text.startswith("(") and len(text) <= LONGEST_ADDRESS and _seen(text)


def _is_pem(text: str) -> bool:
    return len(text) <= LONGEST_PEM and re.fullmatch(
        r"(?:\s*-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----)+\s*", text) is not None


def _seen(text: str) -> bool:
    """Whether nothing in it is invisible, direction marks above all."""
    return not any(unicodedata.category(character).startswith("C") for character in text)
