"""Which entries are sealed next? Those that are some seconds old, in batches, and never in a sign-in's transaction."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from portal import clock
from portal.audit import chain, tallies
from portal.audit.canonical import COLUMNS, line
from portal.audit.chain import Seal
from portal.audit.events import What
from portal.database import reading, writing
from portal.extensions import key_ring
from portal.models import AuditEntry, AuditSeal, User
from portal.models.columns import table

BATCH, BATCHES = 1_000, 20
"""So many entries under one seal, and so many seals in one turn."""
LONGEST_TURN = 1.0
"""Seconds after which a turn ends early: whoever seals has other things to do."""
FRESH = 5.0
"""Seconds for which an entry is left alone: one with a lower id may be in a transaction that is not over."""
LATE = 600.0
"""Seconds for which entries are looked for whose transaction took longer than that."""
_LOOKED_BACK, _AT_ONCE = 3_000, 200
_SEAL = table(AuditSeal)
_NEWEST = select(*_SEAL.columns).order_by(AuditSeal.id.desc())
_REMEMBER = (
    update(User)
    .where(User.id == bindparam("the_id"), or_(User.last_sign_in_at.is_(None), User.last_sign_in_at < bindparam("instant")))
    .values(last_sign_in_at=bindparam("instant"))
)
Entries = list[Row[Any]]


@dataclass(frozen=True)
class _Standing:
    """The last seal, and the entries that came after their neighbours were sealed."""

    id: int
    up_to: int
    digest: bytes
    late: Entries


def seal_some() -> int:
    """Seal what waits, as much as goes into one turn, and count it; how many entries it was.

    Entries are read and hashed outside any transaction. Of several that seal at once one goes on, the others stop.
    """
    ends, sealed = time.monotonic() + LONGEST_TURN, 0
    standing = _standing()
    for _ in range(BATCHES):
        entries = _next(standing)
        seal = _made(standing, entries)
        if not entries or not _write(seal, entries):
            break
        sealed += len(entries)
        standing = _Standing(seal.id, seal.up_to, seal.digest, standing.late[BATCH:])
        if len(entries) < BATCH or time.monotonic() > ends:
            break
    return sealed


def full(sealed: int) -> bool:
    """Whether a turn that sealed so many left some behind."""
    return sealed >= BATCH


def _standing() -> _Standing:
    with reading() as connection:
        last = connection.execute(_NEWEST.limit(1)).first()
        late = _within(connection, late_ids(connection))
    return _Standing(last.id, last.up_to, last.digest, late) if last else _Standing(0, 0, chain.FIRST, [])


def late_ids(connection: Connection) -> list[tuple[int, int]]:
    """In which ranges of ids an entry of a long transaction may yet appear: in the gaps of the young seals.

    Young are those made in the ten minutes before now, or before the last one: a sender may have been away since.
    """
    seals = connection.execute(_NEWEST.limit(_LOOKED_BACK)).all()
    since = min(clock.now(), seals[0].sealed_at) - LATE if seals else 0.0
    young = [seal for seal in seals if seal.sealed_at >= since]
    if not young:
        return []
    covered = [run for seal in young if chain.well_formed(seal.ranges) for run in seal.ranges]
    bottom = seals[len(young)].up_to if len(young) < len(seals) else 0 if seals[-1].id == 1 else seals[-1].up_to
    return list(chain.gaps(covered, above=bottom, up_to=seals[0].up_to))


def _within(connection: Connection, ranges: list[tuple[int, int]]) -> Entries:
    found: Entries = []
    for at in range(0, len(ranges), _AT_ONCE):
        some = or_(*(and_(AuditEntry.id >= first, AuditEntry.id <= last) for first, last in ranges[at:at + _AT_ONCE]))
        found += connection.execute(select(*COLUMNS).where(some).order_by(AuditEntry.id)).all()
    return found


def _next(standing: _Standing) -> Entries:
    late = standing.late[:BATCH]
    behind = select(*COLUMNS).where(AuditEntry.id > standing.up_to).order_by(AuditEntry.id).limit(BATCH - len(late))
    with reading() as connection:
        new = connection.execute(behind).all()
    now = clock.now()
    fresh = next((at for at, entry in enumerate(new) if abs(now - entry.at) < FRESH), len(new))
    return [*late, *new[:fresh]]


def _made(standing: _Standing, entries: Entries) -> Seal:
    ids, key = [entry.id for entry in entries], key_ring().seal
    unmarked = Seal(
        id=standing.id + 1, sealed_at=clock.now(), entries=len(ids), ranges=chain.ranges(ids), up_to=max([standing.up_to, *ids]),
        digest=chain.digest(standing.digest, map(line, entries)), key_name=key.name, mark=b"")
    return chain.marked(key, unmarked)


def _write(seal: Seal, entries: Entries) -> bool:
    """One short transaction; False when somebody else sealed meanwhile."""
    counted = [entry for entry in entries if "trial" not in (entry.detail or {})]
    try:
        with writing() as connection:
            _wait_briefly(connection)
            last = connection.execute(select(AuditSeal.id).order_by(AuditSeal.id.desc()).limit(1)).scalar()
            if (last or 0) != seal.id - 1:
                return False
            connection.execute(insert(_SEAL).values(**vars(seal)))
            tallies.count(connection, counted)
            _remember_sign_ins(connection, counted)
    except IntegrityError:
        return False
    return True


def _wait_briefly(connection: Connection) -> None:
    """Whoever seals must not stand behind a long change of users; the next turn tries again."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL lock_timeout = '500ms'")


def _remember_sign_ins(connection: Connection, entries: Entries) -> None:
    """Write down who signed in when, in the order of their ids, so that no two who do this stand in each other's way."""
    last: dict[int, float] = {}
    for entry in entries:
        if entry.event == What.SIGN_IN_COMPLETE and entry.user_id is not None:
            last[entry.user_id] = max(entry.at, last.get(entry.user_id, 0.0))
    if last:
        connection.execute(_REMEMBER, [{"the_id": user_id, "instant": at} for user_id, at in sorted(last.items())])
