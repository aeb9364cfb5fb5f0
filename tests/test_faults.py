"""When a part of the portal fails, is the outcome the stated one, and can the person go on? All on real processes."""

from __future__ import annotations

import os
import signal
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from http.client import HTTPException
from pathlib import Path

import pytest

from tests.conftest import PASSWORD
from tests.gateway import Gateway
from tests.people import is_home, leads_to, retry_after
from tests.processes import until
from tests.servers import Portal, Postgres, Redis, migrate
from tests.town import ROOMY, Town, crowd, post, town_of, twin
from tests.visitor import Visitor
from tests.wire import Wire

IMPATIENT = {"PORTAL_RESEND_PAUSE": "1"}


@pytest.fixture(scope="module")
def gateway() -> Iterator[Gateway]:
    with Gateway() as running:
        yield running


@pytest.fixture(scope="module")
def wire(gateway: Gateway) -> Iterator[Wire]:
    relay = Wire(gateway.port)
    relay.up()
    yield relay
    relay.down()


@pytest.fixture(scope="module")
def texting_town(gateway: Gateway, wire: Wire) -> Iterator[Town]:
    """A portal whose texts go over a wire to a gateway, each of which may fail. A test leaves the wire up."""
    there = gateway.settings() | {"VONAGE_API_HOST": f"127.0.0.1:{wire.port}"}
    with town_of(**there, **ROOMY, **IMPATIENT) as town:
        yield town


@pytest.fixture
def towns(portals: Callable[..., Portal]) -> Iterator[Callable[..., Town]]:
    """Starts portals that a test may harm: `towns(DATABASE_URL=…)`."""
    started: list[Town] = []

    def start(**environment: str) -> Town:
        started.append(Town(portals(**ROOMY, **environment)))
        return started[-1]

    yield start
    for town in started:
        town.closes()


def text_code(gateway: Gateway, phone: str, *, nth: int = 1) -> str:
    """The code in the nth text that the gateway accepted for that number."""
    until(lambda: len(gateway.texts(phone)) >= nth, what=f"text {nth} to {phone}")
    return gateway.texts(phone)[nth - 1].rpartition("#")[2]


def says(visitor: Visitor, words: str) -> Visitor:
    """Reload the code page until it says so."""
    until(lambda: words in visitor.opens("/login/code").page.text, what=f"the page to say {words!r}")
    return visitor


def resends(visitor: Visitor) -> Visitor:
    """Ask for the code again as soon as the server allows it."""
    until(lambda: post(visitor, "/login/code/resend").status == 303, seconds=10, what="a resend")
    return visitor.opens("/login/code")


def gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


@pytest.mark.parametrize(("mode", "told", "arrived"), [
    ("garbage", "We don’t know whether the text message went out.", 1),
    ("html", "We don’t know whether the text message went out.", 1),
    ("reset", "We don’t know whether the text message went out.", 1),
    ("500", "We don’t know whether the text message went out.", 0),
    ("401", "The text message could not be sent.", 0),
    ("402", "The text message could not be sent.", 0),
    ("422", "That number cannot receive text messages.", 0),
])
def test_a_gateway_that_fails_is_told_and_a_resend_goes_through(
    texting_town: Town, gateway: Gateway, mode: str, told: str, arrived: int,
) -> None:
    gateway.answers(mode)
    username, phone = texting_town.person()

    visitor = says(texting_town.at_code_page(username), told)
    assert len(gateway.texts(phone)) == arrived
    gateway.answers("ok")

    says(resends(visitor), "Text message sent.").fills(code=text_code(gateway, phone, nth=arrived + 1)).submits()
    assert is_home(visitor, username)
    assert len(gateway.texts(phone)) == arrived + 1


def test_a_slow_gateway_holds_no_page_up_and_its_text_is_never_repeated(
    texting_town: Town, gateway: Gateway,
) -> None:
    gateway.answers("ok", seconds=3)
    username, phone = texting_town.person()

    began = time.monotonic()
    visitor = texting_town.at_code_page(username)
    assert time.monotonic() - began < 2
    assert visitor.sees("Sending…")

    says(visitor, "We don’t know whether the text message went out.")
    gateway.answers("ok")
    visitor.fills(code=text_code(gateway, phone)).submits()
    assert is_home(visitor, username)
    assert len(gateway.texts(phone)) == 1


def test_a_text_that_the_gateway_puts_off_arrives_by_itself(texting_town: Town, gateway: Gateway) -> None:
    gateway.answers("429", retry_after="1")
    username, phone = texting_town.person()
    visitor = texting_town.at_code_page(username)
    until(lambda: texting_town.value("SELECT attempts FROM message WHERE phone = :phone", phone=phone), what="a first attempt")
    assert says(visitor, "The text message has not gone out yet. We keep trying.").status == 200

    gateway.answers("ok")

    visitor.fills(code=text_code(gateway, phone)).submits()
    assert is_home(visitor, username)


def test_a_text_leaves_when_a_gateway_that_was_down_is_up_again(texting_town: Town, gateway: Gateway, wire: Wire) -> None:
    wire.down()
    gateway.answers("ok")
    username, phone = texting_town.person()
    visitor = texting_town.at_code_page(username)
    until(lambda: texting_town.value("SELECT attempts FROM message WHERE phone = :phone", phone=phone), what="a first attempt")
    assert says(visitor, "has not gone out yet. We keep trying.").does_not_see("Text message sent.")

    wire.up()

    visitor.fills(code=text_code(gateway, phone)).submits()
    assert is_home(visitor, username)
    assert len(gateway.texts(phone)) == 1


def test_a_sender_killed_with_a_text_in_hand_sends_it_at_most_once(texting_town: Town, gateway: Gateway) -> None:
    gateway.answers("ok", seconds=0.8)
    username, phone = texting_town.person()
    [first] = texting_town.portal.sender_pids()
    visitor = texting_town.at_code_page(username)
    until(lambda: texting_town.value("SELECT state FROM message WHERE phone = :phone", phone=phone) == "sending", what="taking")

    os.kill(first, signal.SIGKILL)
    until(lambda: [pid for pid in texting_town.portal.sender_pids() if pid != first], what="another sender")
    assert says(visitor, "Sending…").does_not_see("Text message sent.")
    gateway.answers("ok")
    texting_town.writes("UPDATE message SET claimed_at = claimed_at - 60 WHERE phone = :phone", phone=phone)
    texting_town.writes("UPDATE lease SET held_until = 0")

    says(visitor, "We don’t know whether the text message went out.")
    assert len(gateway.texts(phone)) <= 1
    before = len(gateway.texts(phone))
    resends(visitor).fills(code=text_code(gateway, phone, nth=before + 1)).submits()
    assert is_home(visitor, username)
    assert len(gateway.texts(phone)) == before + 1


def test_without_its_database_the_portal_says_not_now_and_then_goes_on(
    towns: Callable[..., Town], own_postgres: Postgres,
) -> None:
    database = own_postgres.empty()
    migrate(database)
    town = towns(DATABASE_URL=database)
    username, phone = town.person()
    (inside, number), (tardy, third), visitor, late = town.person(), town.person(), town.at_code_page(username), town.visitor()
    code, insider = visitor.reads_code(phone), town.at_code_page(inside).enters_code(number)
    town.closes()
    open_page = twin(visitor)
    # Which sources it offers, the page knows for a second without the database, and no longer.
    late.opens("/login")

    own_postgres.stop()

    for person, path in ((insider, "/"), (visitor, "/login/code"), (visitor, "/login/phone")):
        person.opens(path)
        assert (person.status, retry_after(person) > 0, person.path) == (503, True, path)
        assert person.sees("Not now", "Nothing is lost")
    assert late.fills(identifier=tardy, password=PASSWORD).submits().status == 503
    assert town.visitor().opens("/healthz").status == 200
    assert town.visitor().opens("/readyz").status == 503
    assert {post(open_page, path, code=code).status for path in ("/login/code", "/login/code/resend", "/login/cancel")} == {503}

    own_postgres.start()

    assert is_home(insider.opens("/"), inside)
    assert is_home(visitor.opens("/login/code").fills(code=code).submits(), username)
    assert is_home(late.logs_in(tardy, PASSWORD).enters_code(third), tardy)
    assert "Traceback" not in town.portal.said()


def locked(path: Path, seconds: float) -> threading.Thread:
    """Hold the database file as another process would that writes, from now on for so long."""
    held = threading.Event()

    def hold() -> None:
        with sqlite3.connect(path, isolation_level=None) as other:
            other.execute("begin immediate")
            held.set()
            time.sleep(seconds)
            other.execute("rollback")

    thread = threading.Thread(target=hold, daemon=True)
    thread.start()
    assert held.wait(5)
    return thread


def test_a_database_file_locked_for_three_seconds_only_takes_longer(towns: Callable[..., Town]) -> None:
    town = towns()
    username, phone = town.person()
    visitor, reader = town.visitor().opens("/login"), town.visitor()
    path = town.portal.directory / "portal.db"

    thread, began = locked(path, 3), time.monotonic()
    assert reader.opens("/login").status == 200
    assert time.monotonic() - began < 2
    visitor.fills(identifier=username, password=PASSWORD).submits()
    assert leads_to(visitor, "/login/code")
    assert time.monotonic() - began > 2
    thread.join()

    code, thread = visitor.reads_code(phone), locked(path, 3)
    assert is_home(visitor.fills(code=code).submits(), username)
    thread.join()
    assert town.events(username, "code accepted") == ["ok"]


def test_a_worker_killed_in_the_middle_of_a_code_check_leaves_the_code_good(towns: Callable[..., Town]) -> None:
    town = towns()
    username, phone = town.person()
    visitor = town.at_code_page(username)
    code = visitor.reads_code(phone)
    before = town.portal.worker_pids()

    lock, lost = locked(town.portal.directory / "portal.db", 2), []

    def check() -> None:
        try:
            post(visitor, "/login/code", code=code)
        except (OSError, HTTPException) as broken:
            lost.append(broken)

    asking = threading.Thread(target=check)
    asking.start()
    time.sleep(0.5)
    for pid in before:
        os.kill(pid, signal.SIGKILL)
    asking.join(10)
    lock.join()

    assert lost, "the request was answered by a dead worker"
    until(lambda: len([pid for pid in town.portal.worker_pids() if pid not in before]) == 2, what="two other workers")
    assert is_home(visitor.opens("/login/code").fills(code=code).submits(), username)
    assert town.events(username, "code accepted") == ["ok"]


def test_without_redis_limits_hold_texts_leave_and_all_returns(towns: Callable[..., Town], redis_server: Redis) -> None:
    town = towns(REDIS_URL=redis_server.url)
    (username, phone), (target, _), (later, later_phone) = town.person(), town.person(), town.person()
    visitor = town.at_code_page(username)

    redis_server.kill()

    assert is_home(visitor.enters_code(phone), username)
    guesses = [{"identifier": target, "password": f"wrong {at}"} for at in range(20)]
    answers = crowd(town.visitor().opens("/login"), "/login", guesses)
    assert Counter(answer.status for answer in answers).keys() <= {422, 429}
    assert town.events(target, "first factor refused").count("refused") == 5
    assert post(town.visitor().opens("/login"), "/login", identifier=target, password=PASSWORD).status == 429

    other = town.at_code_page(later)
    assert is_home(other.fills(code=other.reads_code(later_phone)).submits(), later)

    redis_server.start()
    until(lambda: town.visitor().opens("/readyz").status == 200, what="readiness")
    name, number = town.person()
    assert is_home(town.at_code_page(name).enters_code(number), name)
    assert "Traceback" not in town.portal.said()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_nothing_of_ours_outlives_gunicorn(towns: Callable[..., Town], number: signal.Signals) -> None:
    portal = towns().portal
    until(lambda: (len(portal.worker_pids()), len(portal.sender_pids())) == (2, 1), what="two workers and a sender")
    children = portal.children()

    portal.send(number)

    until(lambda: all(gone(pid) for pid in children) and portal.ended(), seconds=20, what="the end of all processes")
    assert "Traceback" not in portal.said()


def test_told_to_stop_the_portal_finishes_the_request_under_way(towns: Callable[..., Town]) -> None:
    town = towns()
    username, phone = town.person()
    visitor = town.at_code_page(username)
    code, answers = visitor.reads_code(phone), []
    lock = locked(town.portal.directory / "portal.db", 1.5)
    asking = threading.Thread(target=lambda: answers.append(post(visitor, "/login/code", code=code)))
    asking.start()
    time.sleep(0.4)

    town.portal.send(signal.SIGTERM)

    asking.join(10)
    lock.join()
    assert [(answer.status, answer.header("location")) for answer in answers] == [(303, "/")]
    until(town.portal.ended, what="the end")
