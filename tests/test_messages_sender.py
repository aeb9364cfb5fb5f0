"""Does the real sender process go on through every fault, send nothing twice, and end when it should?"""

from __future__ import annotations

import os
import signal
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import update

from portal import create_app
from portal.database import writing
from portal.messages import sender
from portal.models import Lease
from tests.conftest import PASSWORD, settings
from tests.gateway import Gateway
from tests.letters import Letter, write
from tests.processes import until
from tests.senders import Sender, starting
from tests.servers import Portal, Postgres, Redis
from tests.transports import OverNetwork
from tests.visitor import Visitor

NUMBERS = [f"+49151123{n:05}" for n in range(100, 200)]


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    with Gateway() as running:
        yield running


@pytest.fixture
def senders() -> Iterator[Callable[..., Sender]]:
    with starting() as start:
        yield start


def settled(letter: Letter, *, seconds: float = 20) -> tuple[str, str | None]:
    """The outcome of a message once it is neither waiting nor sending."""
    until(lambda: letter.outcome[0] not in ("waiting", "sending"), seconds=seconds, what=f"an end of message {letter.id}")
    return letter.outcome


def lets_leases_run_out(app: Flask) -> None:
    """As if some time had passed since their holder died."""
    with app.app_context(), writing() as connection:
        connection.execute(update(Lease).values(held_until=0.0))


def alive(app: Flask) -> bool:
    with app.app_context():
        return sender.alive()


@pytest.mark.parametrize("queue", ["file", "PostgreSQL", "Redis"])
def test_a_message_leaves_within_a_moment_on_every_queue(
    senders: Callable[..., Sender], gateway: Gateway, request: pytest.FixtureRequest, queue: str,
) -> None:
    database = request.getfixturevalue("sqlite" if queue == "file" else "postgres")
    extra = {"REDIS_URL": request.getfixturevalue("redis_server").url} if queue == "Redis" else {}
    process = senders(DATABASE_URL=database, **extra, **gateway.settings())
    assert settled(process.sends()) == ("sent", None)

    began = time.monotonic()
    assert settled(process.sends()) == ("sent", None)

    assert time.monotonic() - began < 1
    assert alive(process.app)


def test_fifty_messages_are_under_way_at_once(senders: Callable[..., Sender], gateway: Gateway, sqlite: str) -> None:
    process = senders(DATABASE_URL=sqlite, **gateway.settings() | {"VONAGE_TIMEOUT": "20"})
    gateway.answers("ok", seconds=4)

    letters = [process.sends(phone) for phone in NUMBERS[:60]]
    until(lambda: all(letter.outcome[0] == "sent" for letter in letters), seconds=40, what="60 messages to leave")

    assert gateway.most_under_way == 50
    assert len(gateway.texts()) == 60


def test_a_sender_can_speak_to_its_gateways_before_it_takes_a_message(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    done = list[str]()
    with app.app_context():
        one = sender.Sender(app, parent=None)

    def take() -> None:
        done.append("takes")
        one.told_to_stop = True

    monkeypatch.setattr("portal.messages.sender.prepare", lambda gateway: done.append(gateway.name))
    monkeypatch.setattr("portal.messages.queue.take", take)
    monkeypatch.setattr("portal.messages.sender.signal.signal", lambda *_about: None)
    with app.app_context():
        one.run()
    assert done[:2] == ["inbox", "takes"]


def test_a_message_that_was_never_queued_leaves_with_the_sweep(
    senders: Callable[..., Sender], gateway: Gateway, sqlite: str,
) -> None:
    environment = {"DATABASE_URL": sqlite, **gateway.settings()}
    letter = write(create_app(settings(**environment)))
    letter.changes(created_at=time.time() - 6)

    process = senders(**environment)

    assert settled(letter, seconds=5) == ("sent", None)
    assert process.said().count("error") == 0


def test_a_throttled_message_leaves_when_the_gateway_takes_it(
    senders: Callable[..., Sender], gateway: Gateway, sqlite: str,
) -> None:
    process = senders(DATABASE_URL=sqlite, **gateway.settings())
    gateway.answers("429", retry_after="1")
    letter = process.sends()
    until(lambda: letter.row.attempts == 2, seconds=5, what="a second attempt")

    gateway.answers("ok")

    assert settled(letter, seconds=5) == ("sent", None)
    assert len(gateway.texts()) == 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_told_to_stop_it_finishes_what_is_under_way(
    senders: Callable[..., Sender], gateway: Gateway, sqlite: str, number: signal.Signals,
) -> None:
    process = senders(DATABASE_URL=sqlite, **gateway.settings() | {"VONAGE_TIMEOUT": "5"})
    gateway.answers("ok", seconds=2)
    letter = process.sends()
    until(lambda: gateway.under_way == 1, what="the message to be under way")

    began = time.monotonic()
    process.stop(number)

    assert letter.outcome == ("sent", None)
    assert time.monotonic() - began < 6


def test_told_to_stop_it_waits_no_longer_than_the_gateway_may_take(
    senders: Callable[..., Sender], gateway: Gateway, sqlite: str,
) -> None:
    process = senders(DATABASE_URL=sqlite, **gateway.settings() | {"VONAGE_TIMEOUT": "2"})
    gateway.answers("drip")
    letter = process.sends()
    until(lambda: gateway.under_way == 1, what="the message to be under way")

    began = time.monotonic()
    process.stop()

    assert time.monotonic() - began < 9
    assert letter.outcome == ("unknown", "time-out")
    assert len(gateway.texts()) == 1


def test_killed_between_taking_and_knowing_the_message_is_unknown_and_not_repeated(
    senders: Callable[..., Sender], gateway: Gateway, sqlite: str,
) -> None:
    environment = {"DATABASE_URL": sqlite, **gateway.settings()}
    first = senders(**environment)
    gateway.answers("ok", seconds=0.8)
    letter = first.sends()
    until(lambda: letter.outcome[0] == "sending", what="the message to be taken")
    first.kill()
    gateway.answers("ok")
    letter.changes(claimed_at=time.time() - 60)
    lets_leases_run_out(first.app)

    second = senders(**environment)

    assert settled(letter) == ("unknown", "lost")
    assert len(gateway.texts()) <= 1
    assert settled(second.sends(NUMBERS[1])) == ("sent", None)


def test_without_redis_messages_still_leave(
    senders: Callable[..., Sender], gateway: Gateway, sqlite: str, redis_server: Redis,
) -> None:
    process = senders(DATABASE_URL=sqlite, REDIS_URL=redis_server.url, **gateway.settings())
    assert settled(process.sends()) == ("sent", None)
    redis_server.kill()

    assert settled(process.sends(NUMBERS[1]), seconds=8) == ("sent", None)

    redis_server.start()
    until(lambda: "queue works again" in process.said(), what="the sender to find Redis again")
    assert settled(process.sends(NUMBERS[2])) == ("sent", None)
    assert not process.ended()
    assert len(gateway.texts()) == 3


def test_the_sender_outlives_its_database(senders: Callable[..., Sender], gateway: Gateway, own_postgres: Postgres) -> None:
    from tests.servers import migrate

    database = own_postgres.empty()
    migrate(database)
    process = senders(DATABASE_URL=database, **gateway.settings())
    assert settled(process.sends()) == ("sent", None)
    own_postgres.stop()
    time.sleep(3)
    assert not process.ended()

    own_postgres.start()
    letter = process.sends(NUMBERS[1])

    assert settled(letter) == ("sent", None)
    assert len(gateway.texts()) == 2


def test_an_outcome_is_recorded_although_the_database_was_locked_meanwhile(
    senders: Callable[..., Sender], gateway: Gateway, sqlite: str,
) -> None:
    process = senders(DATABASE_URL=sqlite, **gateway.settings() | {"VONAGE_TIMEOUT": "5"})
    gateway.answers("ok", seconds=1)
    letter = process.sends()
    until(lambda: gateway.under_way == 1, what="the message to be under way")
    with sqlite3.connect(sqlite.removeprefix("sqlite:///"), isolation_level=None) as other:
        other.execute("begin exclusive")
        time.sleep(3)
        other.execute("rollback")

    assert settled(letter) == ("sent", None)
    assert len(gateway.texts()) == 1


def test_two_senders_share_the_work(senders: Callable[..., Sender], gateway: Gateway, sqlite: str) -> None:
    environment = {"DATABASE_URL": sqlite, **gateway.settings()}
    first, _second = senders(**environment), senders(**environment)

    letters = [first.sends(phone) for phone in NUMBERS[:40]]
    for letter in letters:
        first.posts(letter)

    assert {settled(letter) for letter in letters} == {("sent", None)}
    assert len(gateway.texts()) == 40


def test_an_idle_sender_costs_next_to_nothing(senders: Callable[..., Sender], sqlite: str) -> None:
    process = senders(DATABASE_URL=sqlite)
    assert process.process is not None
    settled(process.sends())
    before, began = _cpu_seconds(process.process.pid), time.monotonic()
    time.sleep(5)

    assert (_cpu_seconds(process.process.pid) - before) / (time.monotonic() - began) < 0.02


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_gunicorn_starts_one_sender_and_starts_it_again_when_it_dies(portal_server: Portal) -> None:
    [first] = portal_server.sender_pids()

    os.kill(first, signal.SIGKILL)

    until(lambda: [pid for pid in portal_server.sender_pids() if pid != first], what="another sender")
    assert len(portal_server.sender_pids()) == 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_the_sender_ends_with_gunicorn_however_that_ends(portal_server: Portal, number: signal.Signals) -> None:
    [process] = portal_server.sender_pids()
    assert portal_server.process is not None

    os.kill(portal_server.process.pid, number)

    until(lambda: not _running(process), seconds=30, what="the sender to end")


def test_the_sender_is_started_anew_when_gunicorn_reloads(portal_server: Portal) -> None:
    [first] = portal_server.sender_pids()
    until(lambda: "sender started" in portal_server.said(), what="the sender to be at work")

    portal_server.send(signal.SIGHUP)

    until(lambda: not _running(first) and len(portal_server.sender_pids()) == 1, what="another sender")
    portal_server.stop()
    assert "Traceback" not in portal_server.said()


def test_gunicorn_starts_no_sender_where_it_is_told_not_to(portals: Callable[..., Portal]) -> None:
    portal = portals(PORTAL_SENDER="off")

    assert portal.sender_pids() == []
    until(lambda: len(portal.worker_pids()) == 2, what="two workers")
    assert portal.sender_pids() == []


def test_settings_that_are_invalid_stop_gunicorn_with_all_faults_and_no_traceback() -> None:
    portal = Portal(PORTAL_ENV="production", PORTAL_SECRET="short")
    with pytest.raises(AssertionError):
        portal.start()
    said = portal.said()
    portal.end()

    for name in ("PORTAL_SECRET", "PORTAL_URL", "PORTAL_GATEWAY", "PORTAL_HOME_COUNTRY"):
        assert f"  - {name}: " in said
    assert "Traceback" not in said


def test_a_person_signs_in_with_a_code_that_came_through_vonage(
    portals: Callable[..., Portal], gateway: Gateway,
) -> None:
    portal = portals(**gateway.settings(signed=True))
    who = ["--username", "li.na", "--phone", "+4915112345678"]
    made = portal.cli("user", "create", *who, "--password-stdin", given=PASSWORD)
    assert made.returncode == 0, made.stderr
    visitor = Visitor(OverNetwork(portal.url)).logs_in("li.na", PASSWORD)
    until(lambda: gateway.texts("+4915112345678"), what="the text to arrive")

    code = gateway.texts("+4915112345678")[0].rpartition("#")[2]
    visitor.fills(code=code).submits()

    assert (visitor.path, visitor.status) == ("/", 200)
    assert visitor.sees("li.na")
    assert len(gateway.texts()) == 1
    assert code not in portal.said()
