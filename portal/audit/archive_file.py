"""How do archived entries lie in a file? A line that says what the file is, then for each seal its line and its entries'."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import IO, Any

from portal.audit import canonical, chain
from portal.audit.chain import Seal

FORMAT = "portal audit archive 1"
_LONGEST_LINE = 1_000_000


class NotAnArchive(Exception):
    """The file is something else."""


@dataclass(frozen=True, kw_only=True)
class Block:
    """One seal with the lines of its entries, and the place in the file behind it. `lines` is None where the file breaks off."""

    seal: Seal
    lines: list[bytes] | None
    ends_at: int


def create(file: IO[bytes], *, rests_on: bytes) -> None:
    """Begin an archive; `rests_on` is the digest of the seal before the first."""
    file.write(canonical.text({"what": FORMAT, "rests on": rests_on.hex()}) + b"\n")


def open_for_appending(path: str) -> IO[bytes]:
    """The file, made if there is none, readable by its owner alone and held against others who append. Raises BlockingIOError."""
    file = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600), "r+b")
    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    folder = os.open(os.path.dirname(os.path.abspath(path)), os.O_RDONLY)
    os.fsync(folder)  # or a crash could lose the name of a file whose content is on the disk
    os.close(folder)
    return file


def rests_on(file: IO[bytes]) -> bytes:
    """The digest that the first seal of the file rests on; the file is read from its beginning. Raises NotAnArchive."""
    file.seek(0)
    try:
        head = json.loads(file.readline(_LONGEST_LINE))
        if head["what"] != FORMAT:
            raise NotAnArchive
        return bytes.fromhex(head["rests on"])
    except (ValueError, KeyError, TypeError):
        raise NotAnArchive from None


def blocks(file: IO[bytes]) -> Iterator[Block]:
    """The seals of a file behind its first line, as they lie there. Raises NotAnArchive at a line that says no seal."""
    while line := file.readline(_LONGEST_LINE):
        if not line.endswith(b"\n"):
            return
        seal = _seal(line)
        yield Block(seal=seal, lines=_lines(file, seal.entries), ends_at=file.tell())


def _lines(file: IO[bytes], count: int) -> list[bytes] | None:
    lines: list[bytes] = []
    while len(lines) < count:
        line = file.readline(_LONGEST_LINE)
        if not line.endswith(b"\n"):
            return None
        lines.append(line[:-1])
    return lines


def append(file: IO[bytes], seal: Seal, lines: Iterable[bytes]) -> None:
    """Write a seal with its entries at the end, and see it on the disk."""
    file.seek(0, os.SEEK_END)
    file.write(b"".join(line + b"\n" for line in [_line(seal), *lines]))
    file.flush()
    os.fsync(file.fileno())


def _line(seal: Seal) -> bytes:
    said: dict[str, Any] = vars(seal) | {"digest": seal.digest.hex(), "mark": seal.mark.hex()}
    return canonical.text({"seal": said})


def _seal(line: bytes) -> Seal:
    try:
        said = json.loads(line)["seal"]
        seal = Seal(**said | {"digest": bytes.fromhex(said["digest"]), "mark": bytes.fromhex(said["mark"])})
    except (ValueError, KeyError, TypeError):
        raise NotAnArchive from None
    if not chain.well_formed(seal.ranges):
        raise NotAnArchive
    return seal
