"""Does the dashboard say in the morning what is broken, what is unsafe and what happened, and to whom?"""

from __future__ import annotations

import time
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, text

from portal import clock, create_app, keyset
from portal.audit import seals, tallies
from portal.web.admin.charts import ceiling
from tests import letters, people
from tests.conftest import _make_user, settings
from tests.pages import Node
from tests.people import OTHER_PHONE, PHONE, THIRD_PHONE, Later, MakeUser, MakeVisitor, add_application, comes_in, does
from tests.servers import Redis
from tests.transports import InProcess
from tests.visitor import Visitor

later = people.later
BROKEN, UNSAFE, WELL = "What is broken", "What is unsafe", "Everything works."


def writes(app: Flask, statement: str, **values: Any) -> None:
    from portal.database import writing

    with app.app_context(), writing() as connection:
        connection.execute(text(statement), values)


def beats(app: Flask) -> None:
    """A sender leaves its sign of life."""
    from portal.messages import lease, sender

    with app.app_context():
        lease.beat(sender.LEASE)


def sends(app: Flask, state: str, *, reason: str | None = None, ago: float = 10, times: int = 1) -> None:
    """So many messages that came to that state."""
    for _ in range(times):
        letter, at = letters.write(app), clock.now() - ago
        writes(app, "UPDATE message SET state = :state, reason = :reason, created_at = :at WHERE id = :id",
               state=state, reason=reason, at=at, id=letter.id)


def happens(app: Flask, what: str, number: int, *, hours_ago: int = 0) -> None:
    """It was counted so often in that hour."""
    hour = int(clock.now() // 3_600) - hours_ago
    writes(app, "INSERT INTO tally (hour, what, count) VALUES (:hour, :what, :number)", hour=hour, what=what, number=number)


@pytest.fixture
def boss(app: Flask, make_user: MakeUser, another_visitor: MakeVisitor) -> Visitor:
    """One of two administrators of a portal that runs."""
    make_user(username="boss", phone=OTHER_PHONE, administrator=True)
    make_user(username="deputy", phone=THIRD_PHONE, administrator=True)
    make_user(username="li.na", phone=PHONE)
    add_application(app, "CRM")
    visitor = comes_in(another_visitor(address="192.0.2.9"), "boss", OTHER_PHONE)
    beats(app)
    return visitor


def dashboard(visitor: Visitor, query: str = "") -> Visitor:
    visitor.opens(f"/admin/{query}")
    assert visitor.status == 200
    return visitor


def section(visitor: Visitor, heading: str) -> str:
    """What stands under a heading; nothing where there is no such heading."""
    titles = {node.get("id") for node in visitor.page.root.all("h2") if node.words() == heading}
    return " ".join(node.words() for node in visitor.page.root.all("section") if node.get("aria-labelledby") in titles)


def figure(visitor: Visitor, label: str) -> str:
    found = [node.all("b")[0].words() for node in visitor.page.root.all("div")
             if [each.words() for each in node.all("dt")] == [label]]
    assert len(found) == 1, found
    return found[0]


def chart(visitor: Visitor, title: str) -> Node:
    found = [node for node in visitor.page.root.all("figure") if node.all("b")[0].words() == title]
    assert len(found) == 1, visitor.page.text
    return found[0]


def table(visitor: Visitor, title: str) -> list[tuple[str, str]]:
    """The rows of a chart's table."""
    return [(row.all("th")[0].words(), row.all("td")[0].words()) for row in chart(visitor, title).all("tr")]


@pytest.mark.usefixtures("both_databases")
def test_where_all_is_well_it_says_so(boss: Visitor) -> None:
    assert dashboard(boss).sees(WELL)
    assert not section(boss, BROKEN)


def test_a_silent_sender_is_broken(boss: Visitor, later: Later) -> None:
    later(21)
    assert "flask portal sender" in section(dashboard(boss), BROKEN)
    assert WELL not in boss.page.text


@pytest.mark.settings(REDIS_URL="redis://127.0.0.1:1/0")
def test_a_queue_that_is_down_hides_nothing_else(boss: Visitor) -> None:
    assert "Queue Broken It cannot be reached" in section(dashboard(boss), BROKEN)
    assert figure(boss, "Users") == "3"
    assert len(table(boss, "Logins completed")) == 24


@pytest.mark.usefixtures("both_databases")
def test_a_gateway_that_loses_messages_is_broken(app: Flask, boss: Visitor) -> None:
    sends(app, "sent", times=8)
    sends(app, "unknown", reason="time-out")
    assert not section(dashboard(boss), BROKEN), "one in ten may be lost"
    sends(app, "failed", reason="credentials", times=2)
    assert "3 of 12 messages of the last hour did not surely leave" in section(dashboard(boss), BROKEN)
    assert boss.clicks("Message log").status == 200


def test_numbers_that_cannot_receive_messages_are_no_fault_of_the_gateway(app: Flask, boss: Visitor) -> None:
    sends(app, "failed", reason="number", times=5)
    sends(app, "failed", reason="credentials", ago=3_700, times=5)
    assert dashboard(boss).sees(WELL)


@pytest.mark.usefixtures("both_databases")
def test_messages_that_wait_too_long_are_said(app: Flask, boss: Visitor) -> None:
    sends(app, "waiting", ago=50)
    assert not section(dashboard(boss), BROKEN)
    sends(app, "waiting", ago=70, times=2)
    assert "2 messages have waited for longer than a minute" in section(dashboard(boss), BROKEN)


@pytest.mark.settings(PORTAL_LIMIT_TEXTS_IN_ALL="10")
@pytest.mark.parametrize(("used", "said"), [(7, ""), (8, "runs low"), (10, "is used up")])
def test_a_budget_is_said_before_it_is_used_up(app: Flask, boss: Visitor, used: int, said: str) -> None:
    writes(app, "UPDATE allowance SET used = :used WHERE key = 'all'", used=used)
    broken = section(dashboard(boss), BROKEN)
    assert f"The budget of text messages {said}" in broken if said else not broken
    assert boss.sees(f"{used} of at most 10")


@pytest.mark.settings(PORTAL_LIMIT_TEXTS_IN_ALL="10")
def test_the_budget_of_an_hour_that_is_over_is_not_counted(app: Flask, boss: Visitor, later: Later) -> None:
    writes(app, "UPDATE allowance SET used = 10 WHERE key = 'all'")
    later(3_601)
    beats(app)
    assert dashboard(boss).sees(WELL, "0 of at most 10")


@pytest.mark.usefixtures("both_databases")
def test_switches_that_are_off_are_unsafe_and_lead_to_their_page(app: Flask, boss: Visitor) -> None:
    assert "SMS verification code" not in section(dashboard(boss), UNSAFE)
    does(app, "mfa", "--global", "off")
    assert "The SMS verification code is off Unsafe" in section(dashboard(boss), UNSAFE)
    section_links = [node for node in boss.page.root.all("a") if node.get("href") == "/settings/mfa" and node.get("class")]
    assert section_links, "no link beside the finding"


@pytest.mark.usefixtures("both_databases")
def test_people_in_charge_without_a_number_are_unsafe(app: Flask, boss: Visitor, make_user: MakeUser) -> None:
    assert "no mobile phone number" not in section(dashboard(boss), UNSAFE)
    make_user(username="auditor", role="auditor")
    make_user(username="nobody")
    assert "1 person with a role has no mobile phone number" in section(dashboard(boss), UNSAFE)
    assert boss.clicks("Show them").sees("auditor")
    assert boss.does_not_see("li.na", "deputy")


def test_an_administrator_who_is_alone_is_told(app: Flask, boss: Visitor) -> None:
    assert "one administrator only" not in section(dashboard(boss), UNSAFE)
    writes(app, 'UPDATE "user" SET suspended = :yes WHERE username = :name', yes=True, name="deputy")
    assert "There is one administrator only" in section(dashboard(boss), UNSAFE)


def test_settings_that_production_refuses_are_named(boss: Visitor) -> None:
    said = section(dashboard(boss), UNSAFE)
    assert "PORTAL_GATEWAY" in said
    assert "shows every code" not in said


@pytest.mark.usefixtures("both_databases")
def test_a_login_is_counted_on_the_page_once_it_is_sealed(app: Flask, boss: Visitor, later: Later) -> None:
    assert figure(dashboard(boss), "Logins today") == "0"
    assert boss.sees("Nothing is counted yet")
    later(30)
    with app.app_context():
        seals.seal_some()
    assert figure(dashboard(boss), "Codes verified") == "100%"
    assert sum(int(number) for _hour, number in table(boss, "Logins completed")) == 1
    assert boss.sees("Last counted on", "UTC")


@pytest.mark.usefixtures("both_databases")
def test_hours_and_days_are_told_as_bars_in_words_and_in_a_table(app: Flask, boss: Visitor) -> None:
    for hours_ago, number in ((0, 3), (2, 1_200), (23, 5), (24, 7), (24 * 20, 90)):
        happens(app, tallies.SENT, number, hours_ago=hours_ago)
    hours = table(dashboard(boss), "Text messages sent")
    assert [number for _hour, number in hours if number != "0"] == ["5", "1,200", "3"]
    assert len(hours) == 24
    summary = chart(boss, "Text messages sent").all("svg")[0].get("aria-label")
    assert summary == f"Text messages sent: 1,208 in all; the most, 1,200, at {hours[-3][0]}"
    days = [int(number.replace(",", "")) for _day, number in table(boss.clicks("Last 30 days"), "Text messages sent")]
    assert (len(days), sum(days), days[-21]) == (30, 1_305, 90)


def test_a_failed_message_is_counted_whether_it_is_known_or_not(app: Flask, boss: Visitor) -> None:
    happens(app, tallies.FAILED, 2)
    happens(app, tallies.UNKNOWN, 3)
    assert table(dashboard(boss), "Text messages failed")[-1][1] == "5"


def test_bars_stand_in_proportion_to_their_numbers(app: Flask, boss: Visitor) -> None:
    happens(app, tallies.SIGN_INS, 60)
    happens(app, tallies.SIGN_INS, 15, hours_ago=1)
    bars = chart(dashboard(boss), "Logins completed").all("rect")
    assert [bar.get("y") for bar in bars[-3:]] == ["100.0%", "75.0%", "0.0%"]


@pytest.mark.parametrize(("number", "top"), [(0, 2), (1, 2), (3, 4), (10, 10), (11, 12), (21, 30), (99, 100), (1_001, 1_200)])
def test_the_top_of_a_chart_is_a_round_number(number: int, top: int) -> None:
    assert ceiling(number) == top


def test_what_cannot_be_read_says_so_and_the_rest_stands(app: Flask, boss: Visitor) -> None:
    writes(app, "DROP TABLE tally")
    assert dashboard(boss).sees("Cannot be reached at the moment.")
    assert figure(boss, "Logins today") == "–"
    assert figure(boss, "Users") == "3"
    writes(app, "DROP TABLE allowance")
    assert "Text messages Broken Cannot be reached" in section(dashboard(boss), BROKEN)


def test_users_are_counted_up_to_a_bound(boss: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    assert figure(dashboard(boss), "Users") == "3"
    monkeypatch.setattr(keyset, "COUNTED", 2)
    assert figure(dashboard(boss), "Users") == "more than 2"


def test_the_first_steps_are_there_until_somebody_can_log_in_to_something(
        app: Flask, make_user: MakeUser, visitor: Visitor) -> None:
    make_user(username="boss", phone=OTHER_PHONE, administrator=True)
    said = section(dashboard(comes_in(visitor, "boss", OTHER_PHONE)), "First steps")
    steps = ["1. Create application", "2. Create User", "3. Enable the SMS verification code switch", "4. Experience login"]
    places = [said.index(step) for step in steps]
    assert places == sorted(places)
    assert visitor.clicks("Create application").page.heading == "Create application"
    add_application(app, "CRM")
    assert "1. Create application Done" in section(dashboard(visitor), "First steps")
    assert visitor.clicks("Create User").page.heading == "Create User"
    make_user(username="li.na")
    assert not section(dashboard(visitor), "First steps")


@pytest.mark.parametrize(("role", "sees"), [("helpdesk", False), ("auditor", True)])
def test_what_is_wrong_is_for_those_who_may_read_everything(
        make_user: MakeUser, visitor: Visitor, role: str, sees: bool) -> None:
    make_user(username="somebody", phone=PHONE, role=role)
    dashboard(comes_in(visitor, "somebody", PHONE))
    assert bool(section(visitor, BROKEN)) is sees
    assert bool(section(visitor, UNSAFE)) is sees
    assert not section(visitor, "First steps"), "they could not take them"
    assert figure(visitor, "Users") == "1"


def test_the_page_asks_the_database_little(app: Flask, boss: Visitor) -> None:
    from portal.extensions import db

    asked: list[str] = []
    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", lambda _c, _k, statement, *_more: asked.append(statement))
    dashboard(boss)
    asked.clear()  # What is kept from the first time on, such as the alarms, is read again only after a change.
    dashboard(boss)
    statements = [each for each in asked if not each.startswith("BEGIN")]
    assert 5 < len(statements) <= 18, "\n".join(statements)


def test_home_leads_people_with_a_role_to_it(boss: Visitor) -> None:
    links = {node.get("href") for node in boss.opens("/").page.root.all("a")}
    assert {"/admin/", "/admin/users", "/settings/mfa"} <= links


def test_home_leads_nobody_else_to_it(make_user: MakeUser, visitor: Visitor) -> None:
    make_user(username="li.na", phone=PHONE)
    assert comes_in(visitor, "li.na", PHONE).does_not_see("/admin/", "/settings/mfa", "Console")


def test_a_redis_that_does_not_answer_is_given_up(sqlite: str, redis_server: Redis) -> None:
    app = create_app(settings(DATABASE_URL=sqlite, REDIS_URL=redis_server.url))
    _make_user(app, username="boss", phone=OTHER_PHONE, administrator=True)
    visitor = comes_in(Visitor(InProcess(app)), "boss", OTHER_PHONE)
    assert "Queue" not in section(dashboard(visitor), BROKEN)
    redis_server.freeze()
    try:
        began = time.monotonic()
        assert "Queue Broken It cannot be reached" in section(dashboard(visitor), BROKEN)
        assert time.monotonic() - began < 8
    finally:
        redis_server.thaw()


def test_a_reader_of_chinese_is_told_in_chinese(app: Flask, make_user: MakeUser, another_visitor: MakeVisitor) -> None:
    make_user(username="boss", phone=OTHER_PHONE, administrator=True)
    does(app, "mfa", "--global", "off")
    visitor = dashboard(comes_in(another_visitor(language="zh-CN"), "boss", OTHER_PHONE))
    assert visitor.page.heading == "概览"
    assert "发送进程 故障 已有 20 秒没有动静" in section(visitor, "哪里出了故障")
    assert "短信验证码已关闭 不安全" in section(visitor, "哪里不安全")
    assert len(table(visitor, "完成的登录")) == 24
