"""What can be found when the audit log is checked, and what is told of a check? PURE."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

MOST_NAMED = 1_000


class Fault(StrEnum):
    """What somebody must have done to the audit log behind the portal's back."""

    CHANGED = "entries changed"
    DELETED = "entries deleted"
    INSERTED = "entries inserted"
    CHAIN = "does not rest on the seal before it"
    SEAL_CHANGED = "seal changed"
    SEAL_MISSING = "seal missing"
    HEAD = "is not the seal that was noted"
    FILE = "file damaged"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One fault: at which seal, and at which ids of entries, as far as that is known."""

    fault: Fault
    seal: int | None = None
    first: int | None = None
    last: int | None = None


@dataclass(kw_only=True)
class Report:
    """What a check went through and found; `findings` names the first thousand, `faults` counts all.

    `unsealed`: number, first and last id of entries that no seal covers yet. `unverified`: seals whose mark was made with a
    secret that is gone and that no later seal with a good mark rests on. `late`: entries sealed more than a day after they
    were written, as after an upgrade or while no sender ran, or by whoever has had the log sealed anew.
    """

    seals: int = 0
    entries: int = 0
    archived: int = 0
    faults: int = 0
    findings: list[Finding] = field(default_factory=list)
    unsealed: tuple[int, int | None, int | None] = (0, None, None)
    unverified: int = 0
    late: int = 0
    head: tuple[int, str] | None = None

    @property
    def sound(self) -> bool:
        """Whether no tampering was found."""
        return self.faults == 0

    def found(self, fault: Fault, **where: Any) -> None:
        """Take a fault down."""
        self.faults += 1
        if len(self.findings) < MOST_NAMED:
            self.findings.append(Finding(fault=fault, **where))
