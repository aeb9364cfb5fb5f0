"""Has anybody changed, deleted or inserted sealed entries behind the portal's back? Walks all seals, in little memory."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from portal.audit import chain, sealed, seals
from portal.audit.canonical import line
from portal.audit.chain import Mark, Seal
from portal.audit.findings import Fault, Report
from portal.database import reading
from portal.extensions import key_ring

DAY = 86_400.0
_BELOW_ALL = -(2**62)
_MOST_IN_A_SEAL = 100_000


@dataclass
class _Walk:
    """How far a check has come: the seal before, what its digest may be, and the entries met that no seal covers yet."""

    id: int = 0
    up_to: int = _BELOW_ALL
    digests: frozenset[bytes] = frozenset({chain.FIRST})
    sound: bool = True
    strays: set[int] = field(default_factory=set)


def verify(heads: Mapping[int, str] | None = None, *, progress: Callable[[Report], None] = lambda _: None) -> Report:
    """Check every seal and every entry under one. `heads`: digests, in hexadecimal, that were noted of seals earlier."""
    report, walk = Report(), _Walk()
    for seal in sealed.seals():
        _take(report, walk, seal)
        _compare_head(report, seal, heads or {})
        progress(report)
    for missing in sorted(id_ for id_ in heads or {} if id_ > walk.id):
        report.found(Fault.HEAD, seal=missing)
    _finish(report, walk)
    return report


def _take(report: Report, walk: _Walk, seal: Seal) -> None:
    """Check the next seal and what stands under it."""
    before = report.faults
    if seal.id != walk.id + 1:
        report.found(Fault.SEAL_MISSING, seal=walk.id + 1)
        walk.digests, walk.sound = frozenset(), False
    computed = _under(report, walk, seal) if _holds_together(report, walk, seal) else []
    report.seals, report.head = report.seals + 1, (seal.id, seal.digest.hex())
    walk.id, walk.digests = seal.id, frozenset({seal.digest, *computed})
    walk.sound = report.faults == before


def _holds_together(report: Report, walk: _Walk, seal: Seal) -> bool:
    """Whether it can be looked under a seal. One whose mark is wrong is taken down, but looked under all the same."""
    told = chain.check(key_ring(), seal)
    report.unverified = 0 if told is Mark.RIGHT else report.unverified + (told is Mark.UNKNOWN)
    fits = chain.well_formed(seal.ranges) and _fits(walk, seal)
    if told is Mark.WRONG or not fits:
        report.found(Fault.SEAL_CHANGED, seal=seal.id)
    return fits


def _fits(walk: _Walk, seal: Seal) -> bool:
    covered = sum(last - first + 1 for first, last in seal.ranges)
    ends = max(last for _first, last in seal.ranges)
    return covered == seal.entries <= _MOST_IN_A_SEAL and seal.up_to == max(walk.up_to, ends)


def _under(report: Report, walk: _Walk, seal: Seal) -> list[bytes]:
    """Compare the entries with the seal; the digests that they give, resting on what the seal before may be."""
    entries = _entries(walk, seal)
    walk.up_to = seal.up_to
    if seal.archived_at is not None:
        report.archived += seal.entries
        return []
    lines = [line(entry) for entry in entries]
    computed = [chain.digest(digest, lines) for digest in walk.digests]
    missing = list(chain.missing(seal.ranges, (entry.id for entry in entries)))
    if (missing or seal.digest not in computed) and _archived_meanwhile(seal):
        report.archived += seal.entries
        return []
    for first, last in missing:
        report.found(Fault.DELETED, seal=seal.id, first=first, last=last)
    if not missing and seal.digest not in computed:
        fault = Fault.CHANGED if walk.sound else Fault.CHAIN
        report.found(fault, seal=seal.id, first=seal.ranges[0][0], last=seal.ranges[-1][1])
    report.entries += len(entries)
    report.late += sum(seal.sealed_at - entry.at > DAY for entry in entries)
    return computed


def _entries(walk: _Walk, seal: Seal) -> list[Any]:
    """The entries that a seal covers. What else is met on the way is a stray until a later seal covers it."""
    late = [run for run in seal.ranges if run[1] <= walk.up_to]
    new = [run for run in seal.ranges if run[1] > walk.up_to]
    found = sealed.of(late)
    walk.strays -= {entry.id for entry in found}
    for entry in sealed.entries(walk.up_to + 1, new[-1][1]) if new else ():
        if any(first <= entry.id <= last for first, last in new):
            found.append(entry)
        else:
            walk.strays.add(entry.id)
    if seal.archived_at is not None:
        walk.strays |= {entry.id for entry in found}
    return found


def _archived_meanwhile(seal: Seal) -> bool:
    now = sealed.seal(seal.id)
    return now is not None and now.archived_at is not None and chain.check(key_ring(), now) is not Mark.WRONG


def _compare_head(report: Report, seal: Seal, heads: Mapping[int, str]) -> None:
    if heads.get(seal.id, seal.digest.hex()) != seal.digest.hex():
        report.found(Fault.HEAD, seal=seal.id)


def _finish(report: Report, walk: _Walk) -> None:
    """What is left over: late entries that are sealed next, and those that nobody but an intruder can have put there."""
    with reading() as connection:
        awaited = seals.late_ids(connection)
    late = {id_ for id_ in walk.strays if any(first <= id_ <= last for first, last in awaited)}
    for first, last in chain.ranges(sorted(walk.strays - late)):
        report.found(Fault.INSERTED, first=first, last=last)
    number, first_id, last_id = sealed.unsealed(walk.up_to)
    report.unsealed = (number + len(late), min(late, default=first_id), last_id or max(late, default=None))
