"""Which alarms ring? Of one kind about one subject at most one; ringing again only says that it is still so."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock

from flask import current_app
from sqlalchemy import Connection, select, text, update

from portal import clock
from portal.counters import Kept
from portal.database import after_commit, reading, writing
from portal.models import Alarm, AlarmKind
from portal.models.alarm import RINGING
from portal.models.columns import table

log = logging.getLogger(__name__)

AGAIN_AFTER = 10.0
"""Seconds in which one process writes only once that an alarm is still ringing."""
QUIET = 15.0
"""Seconds without the trouble before success ends an alarm: what fails every other time must not ring and end all day."""
CALM = {AlarmKind.HOOKS: 3_600.0}
"""Seconds after its end in which an alarm that strangers can raise does not begin anew. With what they forge between two good
webhooks it would ring and end all day, until no more alarms of any kind are told in that hour."""
ANY = "*"
"""The subject of an alarm about all gateways together."""
LONGEST_SUBJECT, LONGEST_DETAIL = 80, 200
_alarm = table(Alarm)
_RING = text("""
insert into alarm (kind, subject, detail, raised_at, seen_at, tries) values (:kind, :subject, :detail, :at, :at, 0)
on conflict (kind, subject) where ended_at is null do update set seen_at = excluded.seen_at, detail = excluded.detail
returning raised_at
""")


@dataclass(frozen=True)
class Ringing:
    """One alarm that rings, since `raised_at`; its trouble was last met at `seen_at`."""

    id: int
    kind: AlarmKind
    subject: str
    detail: str
    raised_at: float
    seen_at: float


def ring(connection: Connection | None, kind: AlarmKind, subject: str, detail: str) -> None:
    """Raise the alarm, or say that it is still so: in the caller's transaction, or in one of its own if there is none.

    The log says it once, when it begins. Neither subject nor detail may hold a code, a number or a credential.
    """
    subject, detail = subject[:LONGEST_SUBJECT], detail[:LONGEST_DETAIL]
    if connection is not None:
        _write(connection, kind, subject, detail)
    elif _pace().may_write(kind, subject):
        try:
            _ring_alone(kind, subject, detail)
        except Exception:
            # Nothing was written: the next try must not take it for done.
            _pace().forget(kind, subject)
            raise


def _ring_alone(kind: AlarmKind, subject: str, detail: str) -> None:
    if _may_ring(kind, subject):
        with writing() as connection:
            _write(connection, kind, subject, detail)


def _write(connection: Connection, kind: AlarmKind, subject: str, detail: str) -> None:
    at = clock.now()
    since = connection.execute(_RING, {"kind": kind.value, "subject": subject, "detail": detail, "at": at}).scalar_one()
    after_commit(connection, _kept.forget)
    if since == at:
        after_commit(connection, lambda: log.error("operator: alarm %s %s: %s", kind.value, subject, detail))


def still(kind: AlarmKind, subject: str) -> bool:
    """Whether it rings, as it was a second ago at most; without a statement, so that whatever goes well may ask."""
    return any(alarm.kind is kind and alarm.subject == subject for alarm in ringing())


def ringing() -> tuple[Ringing, ...]:
    """Those that ring, the oldest first, as they were a second ago at most."""
    return _kept.current()


def recovered(kind: AlarmKind, subject: str) -> None:
    """What the alarm is about has just gone well: end it, if it rings. Without a statement where it does not."""
    if any(alarm.kind is kind and alarm.subject == subject and alarm.seen_at + QUIET <= clock.now() for alarm in ringing()):
        end(None, kind, subject)


def _may_ring(kind: AlarmKind, subject: str) -> bool:
    """Whether it rings already, or was not over just now."""
    if kind not in CALM or still(kind, subject):
        return True
    lately = select(_alarm.c.id).where(
        _alarm.c.kind == kind, _alarm.c.subject == subject, _alarm.c.ended_at > clock.now() - CALM[kind])
    with reading() as connection:
        return connection.execute(lately.limit(1)).first() is None


def end(connection: Connection | None, kind: AlarmKind, subject: str) -> None:
    """The trouble is over. Ask `still` before, where things usually go well: this is a write."""
    ended = update(_alarm).where(_alarm.c.kind == kind, _alarm.c.subject == subject, RINGING).values(
        ended_at=clock.now(), tries=0)
    with _writing(connection) as opened:
        if opened.execute(ended).rowcount:
            after_commit(opened, _kept.forget)
            after_commit(opened, lambda: log.warning("operator: alarm %s %s is over", kind.value, subject))
    _pace().forget(kind, subject)


def _read() -> tuple[Ringing, ...]:
    columns = [_alarm.c[name] for name in ("id", "kind", "subject", "detail", "raised_at", "seen_at")]
    with reading() as connection:
        return tuple(Ringing(*row) for row in connection.execute(select(*columns).where(RINGING).order_by(_alarm.c.id)))


_kept = Kept("alarms changed", _read)


@contextmanager
def _writing(connection: Connection | None) -> Iterator[Connection]:
    if connection is not None:
        yield connection
        return
    with writing() as opened:
        yield opened


class _Pace:
    """When this process last wrote that an alarm rings: a gateway that is down must not become a flood of writes."""

    def __init__(self) -> None:
        self._written: dict[tuple[AlarmKind, str], float] = {}
        self._lock = Lock()

    def may_write(self, kind: AlarmKind, subject: str) -> bool:
        """Whether it is time; then it counts as written."""
        now = clock.now()
        with self._lock:
            self._written = {key: at for key, at in self._written.items() if at + AGAIN_AFTER > now}
            return self._written.setdefault((kind, subject), now) == now

    def forget(self, kind: AlarmKind, subject: str) -> None:
        """It has ended, so that it is news when it begins again; or was not written after all."""
        with self._lock:
            self._written.pop((kind, subject), None)


def _pace() -> _Pace:
    pace: _Pace = current_app.extensions.setdefault("alarms written", _Pace())
    return pace
