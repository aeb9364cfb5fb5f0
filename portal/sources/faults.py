"""What can be wrong with the answer of an outside source, and how far did the talk with it come?"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum


class Fault(StrEnum):
    """Why a source said nothing that can be used. An audit entry names it, so a value never changes.

    DENIED: the person said no there. SAID_ERROR: it sent the browser back with an error. MIXED_UP: the answer is another
    source's. From ISSUER on: what is wrong with an ID token, or with what was read besides.
    """

    UNREACHABLE = "unreachable"
    TOO_SLOW = "too slow"
    NOT_SECURE = "not secure"
    SETTINGS = "settings"
    UNREADABLE = "unreadable"
    REFUSED_US = "refused us"
    NOT_INSTALLED = "not installed"
    NO_SUBJECT = "no subject"
    DENIED = "denied"
    NOT_NOW = "not now"
    SAID_ERROR = "said error"
    MIXED_UP = "mixed up"
    CODE_REFUSED = "code refused"
    REDIRECTS = "redirects"
    TOO_LARGE = "too large"
    ISSUER = "issuer"
    KEY = "key"
    ALGORITHM = "algorithm"
    SIGNATURE = "signature"
    AUDIENCE = "audience"
    NONCE = "nonce"
    EXPIRED = "expired"
    IN_FUTURE = "in the future"
    TOKEN_HASH = "token hash"  # noqa: S105 - a fault, no secret
    NOT_FRESH = "not fresh"
    OTHER_SUBJECT = "other subject"


class Stage(StrEnum):
    """The steps of a talk with an OpenID Connect or OAuth source, in their order."""

    DISCOVERY = "discovery"
    ASKED = "asked"
    ANSWER = "answer"
    TOKEN = "token"  # noqa: S105 - a step, no secret
    KEYS = "keys"
    SIGNATURE = "signature"
    CLAIMS = "claims"
    USERINFO = "userinfo"
    PERSON = "person"


class SourceFault(Exception):
    """A source could not answer, or not in a way that can be believed. `detail` is for administrators, never a secret."""

    def __init__(self, reason: Fault, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else str(reason))
        self.reason, self.detail = reason, detail


@dataclass(frozen=True)
class Step:
    """One step of the talk with a source, as *Try it* shows it. `detail` names no secret."""

    name: str
    ok: bool
    detail: str = ""


@dataclass
class Steps:
    """The steps so far. `told`: the claims of the source, for an administrator who tries it."""

    taken: list[Step] = field(default_factory=list)
    told: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, *, ok: bool = True, detail: str = "") -> None:
        """Add one step."""
        self.taken.append(Step(name, ok, detail))

    @contextmanager
    def taking(self, name: str, detail: str = "") -> Iterator[None]:
        """Add one step, which failed if a SourceFault comes out of it."""
        try:
            yield
        except SourceFault as fault:
            self.add(name, ok=False, detail=str(fault))
            raise
        self.add(name, detail=detail)
