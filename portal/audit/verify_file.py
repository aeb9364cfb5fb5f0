"""Are archived entries as they were sealed? Checks a file alone, and against the seals that stayed in the database."""

from __future__ import annotations

from collections.abc import Callable
from typing import IO

from portal.audit import archive_file, chain, sealed
from portal.audit.archive_file import Block, NotAnArchive
from portal.audit.chain import Mark, Seal
from portal.audit.findings import Fault, Report
from portal.extensions import key_ring


def verify_file(file: IO[bytes], *, alone: bool = False, progress: Callable[[Report], None] = lambda _: None) -> Report:
    """Check every seal in an archive, the entries under it and, unless `alone`, what the database says of the seal.

    Raises NotAnArchive for something else.
    """
    report, digest, at = Report(), archive_file.rests_on(file), 0
    try:
        for block in archive_file.blocks(file):
            follows = _follows(report, block.seal, at, digest, alone=alone)
            _check(report, block, digest, follows=follows)
            if not alone:
                _compare(report, block.seal)
            digest, at = block.seal.digest, block.seal.id
            progress(report)
    except NotAnArchive:
        report.found(Fault.FILE, seal=at + 1 if at else None)
    return report


def _follows(report: Report, seal: Seal, at: int, digest: bytes, *, alone: bool) -> bool:
    """Whether the seal comes next in the chain: behind the one before it in the file or, for the first, in the database."""
    if at and seal.id != at + 1:
        report.found(Fault.SEAL_MISSING, seal=at + 1)
        return False
    before = sealed.seal(seal.id - 1) if not at and not alone else None
    expected = before.digest if before else chain.FIRST if seal.id == 1 else digest
    if not at and expected != digest:
        report.found(Fault.CHAIN, seal=seal.id)
    return True


def _check(report: Report, block: Block, digest: bytes, *, follows: bool) -> None:
    seal, told = block.seal, chain.check(key_ring(), block.seal)
    report.unverified = 0 if told is Mark.RIGHT else report.unverified + (told is Mark.UNKNOWN)
    report.seals, report.head = report.seals + 1, (seal.id, seal.digest.hex())
    if told is Mark.WRONG:
        report.found(Fault.SEAL_CHANGED, seal=seal.id)
    if block.lines is None:
        report.found(Fault.FILE, seal=seal.id)
        return
    report.entries += len(block.lines)
    if chain.digest(digest, block.lines) != seal.digest and follows:
        first, last = seal.ranges[0][0], seal.ranges[-1][1]
        report.found(Fault.CHANGED, seal=seal.id, first=first, last=last)


def _compare(report: Report, seal: Seal) -> None:
    """A seal stays in the database when its entries go: it must be the same."""
    stored = sealed.seal(seal.id)
    if stored is None:
        report.found(Fault.SEAL_MISSING, seal=seal.id)
    elif stored.digest != seal.digest or stored.ranges != seal.ranges:
        report.found(Fault.SEAL_CHANGED, seal=seal.id)
