"""How fast do senders empty a full queue, in which order, at which pace, and what does a message cost them?"""

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from redis import Redis
from sqlalchemy import NullPool, create_engine, insert, select

from bench import cpu
from bench.gateway import Gateway, gateway
from bench.hashing import CHEAP
from bench.plan import Plan
from bench.processes import PYTHON, running
from bench.servers import migrate, portal_settings
from bench.services import Services, Store, services
from bench.table import Line
from bench.verdicts import at_most, exact, figure
from portal.models import Channel, Message, MessageState, Purpose
from tests.certificates import application_keys

SENDERS = (1, 2, 4)
THREADS = 50  # of one sender, as shipped
WAITING, FEW, PACED = 50_000, 3_000, 750
PACERS = 3  # senders that keep one pace together
JITTER = 3  # messages: their moments are exact, their ways through a busy machine are not
EXPIRED_EACH = 5  # every so many-th message is past its time
UNPACED, PACE = 10_000, 30  # messages a second that the gateway takes
DEARER = 2.0  # a JWT for each message may cost as much as everything else; parsed anew each time, its key would cost twenty
PATIENCE = 900.0
COMMAND = [PYTHON, "-m", "flask", "--app", "wsgi", "portal", "sender"]


@dataclass(frozen=True)
class Drained:
    """One queue emptied: how long it took, the processor seconds of the senders, and what the gateway took."""

    seconds: float
    spent: float
    taken: list[tuple[float, int]]
    expired: set[int]
    late: set[int]

    @property
    def each(self) -> float:
        """Milliseconds of the senders' processor time for one message that was sent."""
        return 1000 * self.spent / len(self.taken)

    @property
    def twice(self) -> int:
        """How many messages were sent more than once."""
        return sum(number > 1 for number in Counter(ref for _, ref in self.taken).values())

    @property
    def overtaken(self) -> int:
        """By how many younger messages at most one was overtaken."""
        sent = [ref for _, ref in self.taken]
        place = {ref: at for at, ref in enumerate(sorted(sent))}
        return max(at - place[ref] for at, ref in enumerate(sent))

    @property
    def densest(self) -> int:
        """How many messages came within the fullest second."""
        at, first, most = [moment for moment, _ in self.taken], 0, 0
        for last, moment in enumerate(at):
            while at[first] <= moment - 1:
                first += 1
            most = max(most, last - first + 1)
        return most


def lines(plan: Plan) -> Iterator[Line]:
    """Empty one queue with many messages, then smaller ones with one, two and four senders, and one at the shipped pace."""
    quick = plan.hashes == (CHEAP,)
    many = drained(senders=2, waiting=FEW if quick else WAITING)
    yield _never("messages sent twice", many.twice, many)
    yield _never("messages sent after their time", len({ref for _, ref in many.taken} & many.expired), many)
    yield _never("messages that were left behind", len(many.late), many)
    some = {count: drained(senders=count, waiting=FEW) for count in SENDERS}
    speeds = (f"{count}: {len(one.taken) / one.seconds:.0f} a second, {one.each:.2f} ms each" for count, one in some.items())
    yield _never("messages sent twice by 4 senders", some[4].twice, some[4], "senders " + "; ".join(speeds))
    yield _signed(plan.starts)
    paced = drained(senders=PACERS, waiting=PACED, pace=PACE)
    measured = exact([float(paced.overtaken)])
    yield Line(f"younger messages that overtook one: at most {PACERS * THREADS}, as many as are under way", measured, "",
               at_most(PACERS * THREADS, measured))
    measured = exact([float(paced.densest)])
    yield Line(f"messages within a second by {PACERS} senders, at {PACE} a second: at most {PACE + JITTER}", measured, "",
               at_most(PACE + JITTER, measured), f"{len(paced.taken)} in {paced.seconds:.1f} s")


def _never(what: str, number: int, one: Drained, more: str = "") -> Line:
    measured = exact([float(number)])
    detail = more or f"{len(one.taken)} sent in {one.seconds:.0f} s, {one.each:.2f} ms of the senders' processors each"
    return Line(f"{what}: at most 0", measured, "", at_most(0, measured), detail)


def _signed(rounds: int) -> Line:
    """With a JWT and with key and secret, in turns."""
    pairs = []
    for turn in range(rounds):
        costs = {signed: drained(senders=1, waiting=FEW // 6, signed=signed).each
                 for signed in ((True, False) if turn % 2 else (False, True))}
        pairs.append((costs[True], costs[False]))
    measured = figure([signed / plain for signed, plain in pairs])
    signed, plain = (figure(costs).middle for costs in zip(*pairs, strict=True))
    return Line(f"CPU of a message with a JWT: at most {DEARER} x that with key and secret", measured, "x",
                at_most(DEARER, measured), f"{signed:.2f} and {plain:.2f} ms of the sender's processor")


def drained(*, senders: int, waiting: int, pace: int = UNPACED, signed: bool = False) -> Drained:
    """Let so many senders empty a queue of so many messages, of PostgreSQL and Redis."""
    with services(Store.POSTGRESQL) as storage, gateway(storage.folder) as (taking, access), ExitStack() as stack:
        jwt = {"VONAGE_APPLICATION_ID": "bench", "VONAGE_PRIVATE_KEY": application_keys()[0]} if signed else {}
        settings = {**portal_settings(storage, CHEAP), **access, **jwt, "PORTAL_GATEWAY_RATE": str(pace)}
        migrate(settings)
        expired = _fill(storage, waiting)
        processes = [stack.enter_context(running(COMMAND, settings=settings, log=storage.folder / f"sender{number}.log"))
                     for number in range(senders)]
        _wait(taking, 1)
        roots = {str(process.pid): process.pid for process in processes}
        before, begin = cpu.snapshot(roots), time.monotonic()
        left = _wait(taking, waiting - len(expired))
        spent, seconds = sum(cpu.spent(before, cpu.snapshot(roots)).values()), time.monotonic() - begin
        return Drained(seconds, spent, list(taking.taken), expired, _late(storage) if left else set())


def _fill(storage: Services, waiting: int) -> set[int]:
    """Write the messages, ring for each in the order of its age, and return those that are past their time."""
    now, engine = time.time(), create_engine(storage.database, poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(insert(Message), [_message(number, now, waiting) for number in range(waiting)])
        ids = connection.execute(select(Message.id).order_by(Message.id)).scalars().all()
    assert storage.redis
    Redis.from_url(storage.redis).lpush("huey.redis.portal", *(b"%d" % one for one in ids))
    return {one for number, one in enumerate(ids) if number % EXPIRED_EACH == 0}


def _message(number: int, now: float, waiting: int) -> dict[str, Any]:
    at = now - 240 + 200 * number / waiting
    return {"purpose": Purpose.TEST, "channel": Channel.TEXT, "phone": f"+{447_100_000_000 + number}", "locale": "en",
            "application": "Portal", "state": MessageState.WAITING, "attempts": 0, "created_at": at, "again_at": at,
            "not_after": now - 1 if number % EXPIRED_EACH == 0 else now + 86_400}


def _wait(taking: Gateway, number: int) -> bool:
    """Until the gateway has so many; True if it never got them."""
    with taking.changed:
        return not taking.changed.wait_for(lambda: len(taking.taken) >= number, PATIENCE)


def _late(storage: Services) -> set[int]:
    engine = create_engine(storage.database, poolclass=NullPool)
    with engine.connect() as connection:
        return set(connection.execute(select(Message.id).where(Message.state == MessageState.WAITING)).scalars())
