"""Can somebody in charge see what became of each text message, and never what it says?"""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert

from portal import clock
from portal.database import writing
from portal.models import Message, MessageState, Purpose
from portal.models.columns import table
from tests.people import OTHER_PHONE, PHONE, MakeUser, MakeVisitor, add_application, comes_in, rows
from tests.test_audit_log import boss, lines
from tests.visitor import Visitor

__all__ = ["boss"]
NUMBERS = [f"+4917612345{at:03}" for at in range(100)]


def adds(app: Flask, phone: str, *, state: MessageState = MessageState.SENT, count: int = 1, **about: Any) -> None:
    """Messages that have come to that state."""
    row = {"purpose": Purpose.TEST, "phone": phone, "locale": "en", "application": "Portal", "state": state, "attempts": 1,
           "created_at": clock.now(), "not_after": clock.now() + 300, "again_at": clock.now(), "gateway": "vonage"} | about
    with app.app_context(), writing() as connection:
        connection.execute(insert(table(Message)), [row] * count)


def listed(visitor: Visitor, **filters: str) -> list[list[str]]:
    visitor.opens("/admin/messages")
    for name, typed in filters.items():
        visitor.fills(name, typed)
    return lines(visitor.submits("Search"))


def seen(found: list[list[str]]) -> list[str]:
    """The last two digits of each number, as far as they are shown."""
    return [row[1][-2:] for row in found]


def test_each_message_stands_there_with_what_became_of_it(app: Flask, boss: Visitor, both_databases: str) -> None:
    adds(app, OTHER_PHONE, state=MessageState.FAILED, reason="number")
    found = lines(boss.opens("/admin/messages"))
    assert [row[2:] for row in found] == [
        ["Test", "Failed That number cannot receive text messages", "vonage", "1"],
        ["Code for a login", "Handed over", "inbox", "1"]]
    assert [row[1] for row in found] == ["+49 ••• •••• ••79", "+49 ••• •••• ••78"]


@pytest.mark.settings(PORTAL_HOME_COUNTRY="DE")
def test_messages_are_found_by_what_is_known_of_them(app: Flask, boss: Visitor, make_user: MakeUser, both_databases: str) -> None:
    li_na = make_user(username="li.na")
    add_application(app, "Travel")
    travel = rows(app, "SELECT id FROM application")[0].id
    adds(app, NUMBERS[11], state=MessageState.UNKNOWN, user_id=li_na)
    adds(app, NUMBERS[22], state=MessageState.FAILED, application_id=travel)
    adds(app, NUMBERS[33], state=MessageState.WAITING)
    adds(app, "+4366012345644", state=MessageState.DELIVERED)
    assert seen(listed(boss, person="li.na")) == ["11"]
    assert seen(listed(boss, application="Travel")) == ["22"]
    assert seen(listed(boss, state="Waiting")) == ["33"]
    assert seen(listed(boss, state="Delivered")) == ["44"]
    assert seen(listed(boss, state="Unknown")) == ["11"]
    assert seen(listed(boss, number=NUMBERS[22])) == ["22"]
    assert seen(listed(boss, number="0176 1234")) == ["33", "22", "11"]
    assert seen(listed(boss, number="+43")) == ["44"]
    assert seen(listed(boss, number="+49 176", state="Failed")) == ["22"]
    assert seen(listed(boss, number="+49 176", application="Travel", state="Unknown")) == []
    assert boss.sees("Nothing matches")


def test_numbers_with_a_frequent_beginning_are_looked_through(
    app: Flask, boss: Visitor, monkeypatch: pytest.MonkeyPatch, both_databases: str,
) -> None:
    from portal.messages import log

    monkeypatch.setattr(log, "_FEW", 5)
    for number in NUMBERS:
        adds(app, number)
    assert seen(listed(boss, number="+49 176"))[:3] == ["99", "98", "97"]
    assert boss.sees("more than 50")
    assert seen(lines(boss.clicks("Next")))[0] == "49"


@pytest.mark.parametrize(("query", "said"), [
    ("number=somebody", "Write a number, or how it begins"), ("state=lost", "Choose one from the list."),
    ("person=nobody", "Nobody has that username"), ("from=1.1.2026", "Write the day like"),
])
def test_what_cannot_be_meant_is_said_beside_its_field(boss: Visitor, query: str, said: str) -> None:
    boss.opens(f"/admin/messages?{query}")
    assert boss.status == 422
    assert boss.sees(said, "Nothing was searched")
    assert boss.opens(f"/admin/messages/export.csv?{query}").status == 422


def test_a_message_shows_its_times_and_never_its_text_code_or_number(
    app: Flask, boss: Visitor, make_user: MakeUser, another_visitor: MakeVisitor,
) -> None:
    make_user(username="li.na", phone=OTHER_PHONE)
    visitor = another_visitor().logs_in("li.na", "correct horse battery staple")
    code = visitor.reads_code(OTHER_PHONE)
    boss.opens("/admin/messages?person=li.na")
    link = next(each.get("href") for each in boss.page.root.all("a") if each.get("href").split("/")[-1].isdigit())
    boss.opens(link)
    assert boss.sees("Code for a login", "+49 ••• •••• ••79", "li.na", "Asked for", "Settled", "Handed over")
    row = rows(app, "SELECT nonce FROM message ORDER BY id DESC")[0]
    said = boss.answer.content.decode()
    assert not any(secret in said for secret in (code, OTHER_PHONE[3:], bytes(row.nonce).hex()))
    assert boss.opens("/admin/messages/99999999999999999999").status == 404


def test_whole_numbers_are_shown_to_administrators_who_ask_on_record(app: Flask, boss: Visitor, both_databases: str) -> None:
    adds(app, OTHER_PHONE)
    boss.opens("/admin/messages?state=sent")
    assert OTHER_PHONE not in boss.page.text
    boss.submits("Show whole numbers")
    assert boss.status == 200
    assert boss.sees(OTHER_PHONE)
    entry = rows(app, "SELECT actor, detail FROM audit_entry WHERE event = 'numbers shown'")
    detail = entry[0].detail if isinstance(entry[0].detail, dict) else json.loads(entry[0].detail)
    assert [row.actor for row in entry] == ["boss"]
    assert detail == {"log": "message-log", "filter": {"state": "sent"}, "rows": 2}
    boss.clicks("Hide them again")
    assert OTHER_PHONE not in boss.page.text


def test_an_export_masks_numbers_unless_they_are_asked_for_on_record(app: Flask, boss: Visitor, both_databases: str) -> None:
    boss.opens(f"/admin/messages?number=%2B{PHONE[1:]}").clicks("Export as CSV")
    (row,) = csv.DictReader(io.StringIO(boss.answer.content.decode()))
    assert row["to"] == "'+49 ••• •••• ••78"
    boss.opens("/admin/messages").fills(numbers=True).submits("JSON Lines")
    assert [json.loads(line)["to"] for line in boss.answer.content.decode().splitlines()] == [PHONE]
    said = rows(app, "SELECT outcome, detail FROM audit_entry WHERE event = 'log exported' ORDER BY id")
    details = [each.detail if isinstance(each.detail, dict) else json.loads(each.detail) for each in said]
    assert [detail["numbers"] for detail in details] == [False, False, True, True]
    assert [detail["filter"] for detail in details] == [{"number": True}] * 2 + [{}] * 2
    assert [detail.get("rows") for detail in details] == [None, 1, None, 1]
    assert PHONE not in json.dumps(details)


@pytest.mark.parametrize("role", ["helpdesk", "auditor"])
def test_others_see_the_log_without_the_way_to_numbers(
    app: Flask, another_visitor: MakeVisitor, make_user: MakeUser, role: str,
) -> None:
    make_user(username="somebody", phone=OTHER_PHONE, role=role)
    visitor = comes_in(another_visitor(), "somebody", OTHER_PHONE)
    visitor.opens("/admin/messages")
    assert visitor.status == 200
    assert visitor.does_not_see("Show whole numbers")
    assert ("Export as CSV" in visitor.page.text) is (role == "auditor")
    assert visitor.posts("/admin/messages").status == 403
    assert visitor.opens("/admin/messages").posts("/admin/messages/export", format="csv", numbers="1").status == 403
    assert rows(app, "SELECT 1 FROM audit_entry WHERE event IN ('numbers shown', 'log exported')") == []


def test_a_form_that_is_out_of_date_shows_no_numbers(boss: Visitor) -> None:
    boss.opens("/admin/messages?state=sent")
    boss.posts("/admin/messages?state=sent", csrf_token="old")
    assert boss.status == 400
    assert PHONE not in boss.page.text
    assert boss.sees("Show whole numbers")


def test_a_message_remembers_through_which_application_it_was_asked_for(
    app: Flask, visitor: Visitor, make_user: MakeUser,
) -> None:
    make_user(username="li.na", phone=OTHER_PHONE)
    client_id = add_application(app, "Travel")
    visitor.opens(f"/login?application={client_id}").fills(identifier="li.na", password="correct horse battery staple").submits()
    assert [row.application_id for row in rows(app, "SELECT application_id FROM message")] == [
        row.id for row in rows(app, "SELECT id FROM application")]


def test_an_empty_log_says_what_to_do(app: Flask, another_visitor: MakeVisitor, make_user: MakeUser) -> None:
    make_user(username="boss", administrator=True)
    from tests.people import does

    does(app, "mfa", "--administrators", "off", "--global", "off")
    visitor = another_visitor().logs_in("boss", "correct horse battery staple")
    assert visitor.opens("/admin/messages").sees("No text messages yet", "portal message send-test")
