"""What can be wrong with the answer of an outside source, and how far did the talk with it come?"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Fault(StrEnum):
    """Why a source said nothing that can be used. An audit entry names it, so a value never changes."""

    UNREACHABLE = "unreachable"
    TOO_SLOW = "too slow"
    NOT_SECURE = "not secure"
    SETTINGS = "settings"
    UNREADABLE = "unreadable"
    REFUSED_US = "refused us"
    NOT_INSTALLED = "not installed"
    AMBIGUOUS = "ambiguous"
    NO_SUBJECT = "no subject"


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
    """The steps so far."""

    taken: list[Step] = field(default_factory=list)

    def add(self, name: str, *, ok: bool = True, detail: str = "") -> None:
        """Add one step."""
        self.taken.append(Step(name, ok, detail))
