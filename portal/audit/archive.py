"""How do old entries leave the database? Whole seals, oldest first: onto the disk, only then out of the table."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

from sqlalchemy import and_, delete, or_, select, update

from portal.audit import archive_file, chain, sealed
from portal.audit.archive_file import NotAnArchive
from portal.audit.canonical import line
from portal.audit.chain import Mark, Seal
from portal.audit.entries import record
from portal.audit.events import Event, What
from portal.clock import now
from portal.database import reading, writing
from portal.extensions import key_ring
from portal.models import AuditEntry, AuditSeal
from portal.trace import COMMAND, Actor


class ArchiveRefused(Exception):
    """Nothing (more) is archived; the message says why, and what to do."""


@dataclass(frozen=True)
class Moved:
    """How much was moved: seals and entries."""

    seals: int = 0
    entries: int = 0


def archive(path: str, before: float, *, actor: Actor, progress: Callable[[Moved], None] = lambda _: None) -> Moved:
    """Move all sealed entries that are older than the instant `before` to the end of the file at `path`.

    Killed anywhere, it has lost nothing: called again, it goes on. Raises ArchiveRefused.
    """
    first = _oldest()
    if first is None or not _is_older(first, before):
        return Moved()
    with _opened(path) as file:
        known = _known(file, first)
        _note(actor, "begun", {"before": before, "file": Path(path).name, "seal": first.id})
        moved = Moved()
        for seal in _due(first, before):
            _move(file, seal, known.pop(seal.id, None))
            moved = Moved(moved.seals + 1, moved.entries + seal.entries)
            progress(moved)
    _note(actor, "ok", {"file": Path(path).name, "seals": moved.seals, "entries": moved.entries})
    return moved


def _note(actor: Actor, outcome: str, detail: dict[str, object]) -> None:
    with writing() as connection:
        record(connection, COMMAND, Event(event=What.LOG_ARCHIVED, outcome=outcome, actor=actor, detail=detail))


def _oldest() -> Seal | None:
    """The first seal whose entries are still in the database."""
    statement = select(AuditSeal.id).where(AuditSeal.archived_at.is_(None)).order_by(AuditSeal.id).limit(1)
    with reading() as connection:
        id_ = connection.execute(statement).scalar()
    return sealed.seal(id_) if id_ is not None else None


def _due(first: Seal, before: float) -> Iterator[Seal]:
    for seal in sealed.seals(after=first.id - 1):
        if not _is_older(seal, before):
            return
        yield seal


def _is_older(seal: Seal, before: float) -> bool:
    return all(entry.at < before for entry in sealed.of(seal.ranges))


def _opened(path: str) -> IO[bytes]:
    try:
        return archive_file.open_for_appending(path)
    except BlockingIOError:
        raise ArchiveRefused("Another command writes to that file.") from None
    except OSError as error:
        raise ArchiveRefused(f"That file cannot be written: {error.strerror}.") from None


def _known(file: IO[bytes], first: Seal) -> dict[int, bytes]:
    """What the file holds of seals whose entries are still in the database, by their ids; a broken end of it is cut away."""
    previous = sealed.seal(first.id - 1)
    if file.seek(0, os.SEEK_END) == 0:
        archive_file.create(file, rests_on=previous.digest if previous else chain.FIRST)
        return {}
    try:
        last, ends_at, known = _read(file, first)
    except NotAnArchive:
        raise ArchiveRefused("That file is no archive of this log, or is damaged. Name another.") from None
    if last is not None and last.id < first.id - 1:
        raise ArchiveRefused(f"That file ends with seal {last.id}, and the oldest here is seal {first.id}. Name another.")
    ours = sealed.seal(last.id) if last else None
    if last is not None and (ours is None or ours.digest != last.digest):
        raise ArchiveRefused("That file is an archive of another log. Name another.")
    file.truncate(ends_at)
    return known


def _read(file: IO[bytes], first: Seal) -> tuple[Seal | None, int, dict[int, bytes]]:
    """The last whole seal of a file, where it ends, and a digest of the entries under each from `first` on."""
    archive_file.rests_on(file)
    last, ends_at, known = None, file.tell(), {}
    for block in archive_file.blocks(file):
        if block.lines is not None:
            last, ends_at = block.seal, block.ends_at
            if last.id >= first.id:
                known[last.id] = chain.digest(chain.FIRST, block.lines)
    return last, ends_at, known


def _move(file: IO[bytes], seal: Seal, known: bytes | None) -> None:
    previous = sealed.seal(seal.id - 1)
    lines = [line(entry) for entry in sealed.of(seal.ranges)]
    rests_on = previous.digest if previous else chain.FIRST
    if chain.digest(rests_on, lines) != seal.digest or chain.check(key_ring(), seal) is Mark.WRONG:
        raise ArchiveRefused(f"Seal {seal.id} does not fit its entries. Run `audit verify`; from there on nothing is archived.")
    if known is None:
        archive_file.append(file, seal, lines)
    elif known != chain.digest(chain.FIRST, lines):
        raise ArchiveRefused(f"That file holds other entries under seal {seal.id}. Name another.")
    _remove(seal)


def _remove(seal: Seal) -> None:
    """Take the entries of a seal that lie in the file out of the table, and mark the seal anew, in one transaction."""
    archived = chain.marked(key_ring().seal, replace(seal, archived_at=now()))
    columns = {"archived_at": archived.archived_at, "key_name": archived.key_name, "mark": archived.mark}
    with writing() as connection:
        ours = AuditSeal.id == seal.id, AuditSeal.archived_at.is_(None)
        if connection.execute(update(AuditSeal).where(*ours).values(**columns)).rowcount == 0:
            raise ArchiveRefused("Another command archives at the same time. Call this one again when it is done.")
        for at in range(0, len(seal.ranges), 200):
            runs = (and_(AuditEntry.id >= first, AuditEntry.id <= last) for first, last in seal.ranges[at:at + 200])
            connection.execute(delete(AuditEntry).where(or_(*runs)))
