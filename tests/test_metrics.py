"""Does the monitoring system learn what happened, from all processes together, and does nobody else?"""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from tests.conftest import PASSWORD
from tests.people import PHONE, Later, MakeUser, MakeVisitor, comes_in, does, is_home, later, rows
from tests.processes import free_port, until
from tests.servers import ROOT
from tests.town import Town, town_of
from tests.transports import Answer
from tests.visitor import Visitor

TOKEN = "a-token-for-the-tests-0123456789"
WITH_TOKEN = pytest.mark.settings(PORTAL_METRICS_TOKEN=TOKEN)
Told = dict[str, float]
__all__ = ["later"]


def asks(visitor: Visitor, authorization: str = f"Bearer {TOKEN}") -> Answer:
    return visitor.sends("GET", "/metrics", headers=[("Authorization", authorization)] if authorization else [])


def read(text: str) -> Told:
    """Each sample by its name with its labels, as it is written."""
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}


def told(visitor: Visitor) -> Told:
    answer = asks(visitor)
    assert answer.status == 200
    return read(answer.content.decode())


def value(samples: Told, name: str, **labels: str) -> float:
    """The sum of the samples of that name which have these labels."""
    return sum(number for sample, number in samples.items() if re.match(rf"{name}(\{{|$)", sample)
               and all(f'{label}="{said}"' in sample for label, said in labels.items()))


def test_without_a_token_there_is_no_such_page(visitor: Visitor) -> None:
    assert asks(visitor).status == 404
    assert asks(visitor, "Bearer ").status == 404


@WITH_TOKEN
@pytest.mark.parametrize("said", [
    "", "Bearer", "Bearer ", "Bearer wrong", f"Bearer {TOKEN}x", f"Bearer {TOKEN[:-1]}", f"Basic {TOKEN}", TOKEN,
    f"bearer {TOKEN}", "Bearer ü"])
def test_whoever_does_not_know_the_token_learns_nothing(visitor: Visitor, said: str) -> None:
    answer = asks(visitor, said)
    assert (answer.status, answer.content) == (401, b"")
    assert answer.header("WWW-Authenticate").startswith("Bearer")


@WITH_TOKEN
def test_it_is_in_prometheus_own_format_and_leaves_no_cookie(visitor: Visitor) -> None:
    answer = asks(visitor)
    assert answer.header("Content-Type") == "text/plain; version=0.0.4; charset=utf-8"
    assert answer.header("Set-Cookie") == ""
    assert answer.header("Cache-Control") == "no-store"
    samples = read(answer.content.decode())
    assert samples["portal_database_up"] == 1
    assert samples["portal_sender_up"] == 0


@WITH_TOKEN
def test_a_login_is_counted_by_how_it_ended_and_where_it_came_from(visitor: Visitor, make_user: MakeUser) -> None:
    make_user(username="li.na", phone=PHONE)
    visitor.logs_in("li.na", "wrong")
    comes_in(visitor, "li.na", PHONE)
    samples = told(visitor)
    assert value(samples, "portal_sign_ins_total", outcome="refused", source="password") == 1
    assert value(samples, "portal_sign_ins_total", outcome="complete", source="password") == 1
    assert value(samples, "portal_codes_asked_total", outcome="ok") == 1
    assert value(samples, "portal_codes_checked_total", outcome="accepted") == 1
    assert value(samples, "portal_codes_verified_total", country="DE") == 1
    assert value(samples, "portal_code_verification_seconds_count") == 1
    assert value(samples, "portal_password_hash_seconds_count") >= 2


@WITH_TOKEN
def test_requests_are_measured_by_endpoint_and_never_by_path(visitor: Visitor) -> None:
    visitor.opens("/login")
    visitor.opens("/nowhere/secret-of-somebody")
    samples = told(visitor)
    assert value(samples, "portal_request_seconds_count", endpoint="login.show", status="2xx") == 1
    assert value(samples, "portal_request_seconds_count", endpoint="none", status="4xx") == 1
    assert "secret-of-somebody" not in str(samples)


@pytest.mark.settings(PORTAL_METRICS_TOKEN=TOKEN, PORTAL_LIMIT_PASSWORD_PER_ADDRESS="2")
def test_each_refusal_is_counted_by_its_limit(visitor: Visitor) -> None:
    for _ in range(4):
        visitor.logs_in("nobody", "wrong")
    assert value(told(visitor), "portal_refusals_total", limit="passwords") == 2


@WITH_TOKEN
def test_what_is_rolled_back_is_not_counted(app: Flask, visitor: Visitor) -> None:
    with app.app_context(), pytest.raises(ZeroDivisionError):
        _comes_in_and_fails()
    assert value(told(visitor), "portal_sign_ins_total") == 0


def _comes_in_and_fails() -> None:
    from portal import audit
    from portal.audit import Event, What
    from portal.database import writing

    with writing() as connection:
        audit.record(connection, None, Event(event=What.SIGN_IN_COMPLETE, detail={"source": "password"}))
        raise ZeroDivisionError


@WITH_TOKEN
def test_a_try_of_an_application_s_login_counts_for_nobody(app: Flask, visitor: Visitor) -> None:
    from portal import audit
    from portal.audit import Event, What
    from portal.database import writing
    from portal.trace import Client, Trial

    with app.app_context(), writing() as connection:
        client = Client("192.0.2.1", "browser", trial=Trial(1, 0.0))
        audit.record(connection, client, Event(event=What.SIGN_IN_COMPLETE, detail={"source": "password"}))
    assert value(told(visitor), "portal_sign_ins_total") == 0


@WITH_TOKEN
@pytest.mark.usefixtures("both_databases")
def test_messages_that_wait_are_told_with_the_age_of_the_oldest(app: Flask, visitor: Visitor, make_user: MakeUser,
                                                                another_visitor: MakeVisitor) -> None:
    make_user(username="li.na", phone=PHONE)
    another_visitor().logs_in("li.na", PASSWORD)
    samples = told(visitor)
    assert samples["portal_queue_messages"] == 1
    assert 0 < samples["portal_queue_oldest_seconds"] < 60


@contextmanager
def measured_town(**environment: str) -> Iterator[Town]:
    with town_of(PORTAL_METRICS_TOKEN=TOKEN, **environment) as town:
        yield town


def came_in(town: Town) -> None:
    username, phone = town.person()
    visitor = town.at_code_page(username)
    visitor.fills(code=visitor.reads_code(phone)).submits()
    assert is_home(visitor, username)


def test_workers_and_sender_count_together_and_a_killed_worker_loses_nothing() -> None:
    with measured_town() as town:
        for _ in range(6):
            came_in(town)
        before = set(town.portal.worker_pids())
        for pid in before:
            os.kill(pid, signal.SIGKILL)
        until(lambda: len(set(town.portal.worker_pids()) - before) == 2, what="new workers")
        for _ in range(4):
            came_in(town)
        samples = told(town.visitor())
        assert value(samples, "portal_sign_ins_total", outcome="complete", source="password") == 10
        assert value(samples, "portal_codes_verified_total", country="DE") == 10
        assert value(samples, "portal_messages_total", state="sent", country="DE", gateway="inbox") == 10
        assert samples["portal_sender_up"] == 1


def test_a_folder_of_its_own_is_named_and_begins_anew_with_each_start(tmp_path: Path) -> None:
    with measured_town(PROMETHEUS_MULTIPROC_DIR=str(tmp_path / "numbers")) as town:
        came_in(town)
        town.portal.stop()
        assert list((tmp_path / "numbers").glob("counter_*.db"))
        town.portal.start()
        assert value(told(town.visitor()), "portal_sign_ins_total") == 0


def get(port: int, path: str, host: str = "anything") -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path, headers={"Host": host})
        answer = connection.getresponse()
        assert answer.headers["X-Content-Type-Options"] == "nosniff", "each port dresses its answers"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def test_a_port_of_its_own_has_the_metrics_and_nothing_else() -> None:
    port = free_port()
    with town_of(PORTAL_METRICS_PORT=str(port)) as town:
        came_in(town)
        status, text = get(port, "/metrics")
        assert status == 200
        assert value(read(text), "portal_sign_ins_total", outcome="complete") == 1
        assert [get(port, path)[0] for path in ("/", "/login", "/healthz")] == [404] * 3
        assert get(town.portal.port, "/metrics", f"127.0.0.1:{town.portal.port}")[0] == 404
        assert get(town.portal.port, "/metrics", f"127.0.0.1:{port}")[0] in (400, 404)


def test_a_portal_that_is_not_asked_counts_nothing(visitor: Visitor) -> None:
    from portal import metrics

    visitor.opens("/login")
    assert not metrics.wanted()


@WITH_TOKEN
def test_numbers_that_cannot_be_kept_keep_nobody_outside(visitor: Visitor, make_user: MakeUser,
                                                         monkeypatch: pytest.MonkeyPatch) -> None:
    from portal.metrics.meter import Meter

    def full(*_: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(Meter, "child", full)
    make_user(username="li.na", phone=PHONE)
    comes_in(visitor, "li.na", PHONE)
    assert is_home(visitor, "li.na")


DEPLOY = ROOT / "deploy"
WATCHED = ("grafana-dashboard.json", "alerts.yml")


def every_sample() -> set[str]:
    """The names of all samples that there can be."""
    from portal.health import gauges
    from portal.metrics import catalogue

    parts = {f"{metric.name}{part}" for metric in catalogue.ALL if metric.buckets for part in ("_bucket", "_sum", "_count")}
    return parts | {metric.name for metric in catalogue.ALL if not metric.buckets} | set(gauges.NAMES)


@pytest.mark.parametrize("file", WATCHED)
def test_what_is_watched_is_measured(file: str) -> None:
    named = set(re.findall(r"\bportal_[a-z_]+", (DEPLOY / file).read_text(encoding="utf-8")))
    assert len(named) > 8
    assert named <= every_sample()


@WITH_TOKEN
def test_what_is_measured_is_told_and_explained(visitor: Visitor, make_user: MakeUser) -> None:
    from portal import metrics
    from portal.metrics import catalogue

    for metric in catalogue.ALL:
        labels = ["x"] * len(metric.labels)
        metrics.observe(metric, 1.0, *labels) if metric.buckets else metrics.count(metric, *labels)
    text = asks(visitor).text
    told_names = {sample.partition("{")[0] for sample in read(text)}
    assert every_sample() <= told_names
    assert {name for name in told_names if f"# HELP {name} " not in text and not re.search("_(bucket|sum|count)$", name)} == set()


def test_labels_that_a_rule_or_a_panel_asks_for_are_there() -> None:
    from portal.metrics import catalogue

    labels = {label for metric in catalogue.ALL for label in metric.labels} | {"le", "kind", "job", "severity"}
    for file in WATCHED:
        text = (DEPLOY / file).read_text(encoding="utf-8")
        asked = {each.strip() for found in re.findall(r"\bby \(([^)]*)\)", text) for each in found.split(",")}
        assert asked <= labels, file


def test_new_settings_and_a_sender_that_dies_take_no_numbers_along() -> None:
    with measured_town() as town:
        came_in(town)
        for pid in town.portal.sender_pids():
            os.kill(pid, signal.SIGKILL)
        before = set(town.portal.worker_pids())
        town.portal.send(signal.SIGHUP)
        until(lambda: not before & set(town.portal.worker_pids()) and town.portal.ready(), seconds=60, what="new workers")
        until(lambda: town.portal.sender_pids() and told(town.visitor())["portal_sender_up"] == 1, seconds=60, what="a sender")
        came_in(town)
        samples = told(town.visitor())
        assert value(samples, "portal_sign_ins_total", outcome="complete") == 2
        assert value(samples, "portal_messages_total", state="sent") == 2


@WITH_TOKEN
def test_a_delivery_is_counted_once_with_the_time_that_it_took(app: Flask, visitor: Visitor, make_user: MakeUser) -> None:
    from portal.messages.receipts.applying import apply
    from portal.messages.receipts.news import News
    from portal.models import MessageState

    make_user(username="li.na", phone=PHONE)
    visitor.logs_in("li.na", PASSWORD).reads_code(PHONE)
    [message] = rows(app, "SELECT id, reference, settled_at FROM message")
    news = News(message_id=message.id, reference=message.reference, state=MessageState.DELIVERED, at=message.settled_at + 3)
    with app.app_context():
        for _ in range(2):
            apply(news, ["inbox"], signed=True)
    samples = told(visitor)
    assert value(samples, "portal_messages_total", state="delivered", country="DE", gateway="inbox") == 1
    assert value(samples, "portal_message_delivery_seconds_count", gateway="inbox") == 1


@WITH_TOKEN
def test_a_test_message_is_no_code_that_nobody_typed(app: Flask, visitor: Visitor, make_user: MakeUser) -> None:
    from portal.messages.receipts.applying import apply
    from portal.messages.receipts.news import News
    from portal.models import MessageState

    make_user(username="li.na", phone=PHONE)
    visitor.logs_in("li.na", PASSWORD).reads_code(PHONE)
    does(app, "message", "send-test", PHONE, "--gateway", "inbox")
    visitor.reads_text_message(PHONE)
    messages = rows(app, "SELECT purpose, id, reference, settled_at, state FROM message ORDER BY id")
    assert [(message.purpose, message.state) for message in messages] == [("login", "sent"), ("test", "sent")]
    with app.app_context():
        for one in messages:
            news = News(message_id=one.id, reference=one.reference, state=MessageState.DELIVERED, at=one.settled_at + 3)
            apply(news, ["inbox"], signed=True)
    samples = told(visitor)
    assert value(samples, "portal_messages_total", state="sent") == 1
    assert value(samples, "portal_messages_total", state="delivered") == 1
    assert value(samples, "portal_message_delivery_seconds_count") == 1


@pytest.mark.settings(PORTAL_METRICS_TOKEN=TOKEN, PORTAL_LIMIT_TEXTS_PER_USER="1", PORTAL_RESEND_PAUSE="1")
def test_a_code_that_a_budget_refuses_is_counted_by_that_budget(visitor: Visitor, make_user: MakeUser,
                                                                another_visitor: MakeVisitor) -> None:
    make_user(username="li.na", phone=PHONE)
    for _ in range(2):
        another_visitor().logs_in("li.na", PASSWORD)
    samples = told(visitor)
    assert value(samples, "portal_refusals_total", limit="code user") == 1
    assert value(samples, "portal_codes_asked_total", outcome="ok") == 1


def ready(app: Flask, visitor: Visitor) -> tuple[int, dict[str, Any]]:
    """What `/readyz` says while a sender gives signs of life."""
    from portal.messages import lease

    with app.app_context():
        lease.beat("sender")
    answer = visitor.sends("GET", "/readyz")
    return answer.status, json.loads(answer.content)


def test_readiness_says_how_much_waits_and_since_when(app: Flask, visitor: Visitor, another_visitor: MakeVisitor,
                                                      make_user: MakeUser, later: Later) -> None:
    status, said = ready(app, visitor)
    assert (status, said["status"], said["queue_messages"], said["queue_oldest_seconds"]) == (200, "ok", 0, 0)
    make_user(username="li.na", phone=PHONE)
    another_visitor().logs_in("li.na", PASSWORD)
    later(50)
    status, said = ready(app, visitor)
    assert (status, said["status"], said["queue_messages"]) == (200, "ok", 1)
    assert 50 <= said["queue_oldest_seconds"] <= 55
    later(15)
    status, said = ready(app, visitor)
    assert (status, said["status"]) == (200, "degraded")
