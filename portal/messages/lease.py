"""Who does a job that only one process may do, and is anybody still doing it?"""

from __future__ import annotations

import os
import socket

from sqlalchemy import Connection, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from portal import clock
from portal.database import reading, writing
from portal.models import Lease


def holder() -> str:
    """The name of this process among all on all machines."""
    return f"{socket.gethostname()[:48]}:{os.getpid()}"


def beat(name: str) -> None:
    """Leave a sign of life under `name`."""
    at = clock.now()
    with writing() as connection:
        changed = connection.execute(update(Lease).where(Lease.name == name).values(holder=holder(), beat_at=at))
        if changed.rowcount == 0:
            _create(connection, name, held_until=0.0, at=at)


def heard_within(name: str, seconds: float) -> bool:
    """Whether there was a sign of life under `name` in the last `seconds`."""
    with reading() as connection:
        at = connection.execute(select(Lease.beat_at).where(Lease.name == name)).scalar_one_or_none()
    return at is not None and clock.now() - at < seconds


def hold(connection: Connection, name: str, seconds: float) -> bool:
    """Take or keep the lease `name` for `seconds` in the caller's transaction; False while another process holds it."""
    at = clock.now()
    ours = or_(Lease.held_until < at, Lease.holder == holder())
    changed = connection.execute(
        update(Lease).where(Lease.name == name, ours).values(holder=holder(), held_until=at + seconds, beat_at=at)
    )
    if changed.rowcount == 1:
        return True
    exists = connection.execute(select(Lease.name).where(Lease.name == name)).first()
    return exists is None and _create(connection, name, held_until=at + seconds, at=at)


def _create(connection: Connection, name: str, *, held_until: float, at: float) -> bool:
    """The first of several processes creates the row; the others find it there the next time."""
    try:
        with connection.begin_nested():
            connection.execute(insert(Lease).values(name=name, holder=holder(), held_until=held_until, beat_at=at))
    except IntegrityError:
        return False
    return True
