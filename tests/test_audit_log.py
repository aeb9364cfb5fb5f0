"""Can somebody in charge find what happened, and does it stand there in words, with no secret and no whole number?"""

from __future__ import annotations

import csv
import io
import json
import re
from typing import Any

import pytest
from flask import Flask

from portal import windows
from portal.audit import Event, What, record, seals
from portal.database import writing
from portal.trace import Actor, Client
from tests import people
from tests.people import OTHER_PHONE, PHONE, Later, MakeUser, MakeVisitor, add_application, comes_in, does, events, rows
from tests.visitor import Visitor

later = people.later
SOMEWHERE = Client(address="192.0.2.7", agent="Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0")
HOSTILE = "<script>alert(1)</script>\u202eevil"


@pytest.fixture
def boss(visitor: Visitor, make_user: MakeUser) -> Visitor:
    """An administrator who is signed in."""
    make_user(username="boss", phone=PHONE, administrator=True)
    return comes_in(visitor, "boss", PHONE)


def writes(app: Flask, count: int = 1, **about: Any) -> None:
    with app.app_context(), writing() as connection:
        record(connection, SOMEWHERE, *(Event(**{"event": What.MFA_RESET} | about) for _ in range(count)))


def lines(visitor: Visitor) -> list[list[str]]:
    """The cells of each row of the list that is open."""
    assert visitor.status == 200, visitor.page.text
    found = [row for row in visitor.page.root.all("tr") if row.inside("tbody")]
    return [[cell.words() for cell in row.all("td", "th")] for row in found]


def listed(visitor: Visitor, **filters: str) -> list[list[str]]:
    """What the filter finds that is typed into the form."""
    visitor.opens("/admin/audit")
    for name, typed in filters.items():
        visitor.fills(name, typed)
    return lines(visitor.submits("Search"))


def happened(found: list[list[str]]) -> list[str]:
    return [row[1] for row in found]


def test_the_log_says_who_did_what_newest_first(boss: Visitor, both_databases: str) -> None:
    found = lines(boss.opens("/admin/audit"))
    assert happened(found)[:3] == ["Logged in", "Code accepted", "Text message"]
    assert happened(found)[-1] == "User created"
    time, _event, who, whom, where, result = found[0]
    assert re.fullmatch(r"\d{1,2} \w{3} \d{4} \d\d:\d\d", time)
    assert (who, whom) == ("The user", "boss")
    assert "Firefox" in where
    assert "127.0.0.1" in where
    assert result


@pytest.mark.settings(PORTAL_HOME_COUNTRY="DE")
def test_it_is_found_by_event_person_application_and_result(
    app: Flask, boss: Visitor, make_user: MakeUser, both_databases: str,
) -> None:
    li_na = make_user(username="li.na", email="li.na@example.com", phone=OTHER_PHONE)
    add_application(app, "Travel")
    application = rows(app, "SELECT id FROM application")[0].id
    writes(app, event=What.CODE_REFUSED, outcome="wrong", user_id=li_na, application_id=application)
    writes(app, event=What.MFA_RESET, user_id=li_na, actor=Actor("boss", 1))
    for typed in ("li.na", "LI.NA@example.com", OTHER_PHONE, "0151 12345679", f"#{li_na}"):
        assert happened(listed(boss, person=typed)) == ["MFA reset", "Wrong code", "User created"], typed
    assert happened(listed(boss, person="boss"))[0] == "MFA reset"
    assert happened(listed(boss, event="Wrong code")) == ["Wrong code"]
    assert happened(listed(boss, application="travel")) == ["Wrong code"]
    assert happened(listed(boss, result="Refused or failed")) == ["Wrong code"]
    assert "Wrong code" not in happened(listed(boss, result="Went through"))
    assert happened(listed(boss, result="Wrong")) == ["Wrong code"]
    assert happened(listed(boss, person="li.na", event="Wrong code", application="Travel", result="Wrong")) == ["Wrong code"]


def test_it_is_found_by_day(app: Flask, boss: Visitor, later: Later, both_databases: str) -> None:
    before = len(lines(boss.opens("/admin/audit")))
    later(-3 * 86_400)
    writes(app, event=What.MFA_RESET)
    from datetime import UTC, datetime

    from portal import clock

    day = datetime.fromtimestamp(clock.now(), UTC).strftime("%Y-%m-%d")
    later(3 * 86_400)
    assert happened(listed(boss, **{"from": day, "to": day})) == ["MFA reset"]
    assert happened(listed(boss, **{"to": day})) == ["MFA reset"]
    assert len(listed(boss, **{"from": day})) == before + 1
    assert "Nothing matches" in boss.opens("/admin/audit?to=2001-01-01").page.text


@pytest.mark.parametrize(("query", "said"), [
    ("from=yesterday", "Write the day like 2026-07-31."), ("to=2026-02-30", "Write the day like 2026-07-31."),
    ("from=2026-02-02&to=2026-02-01", "This day is before the other."), ("person=nobody", "Nobody has that username"),
    ("person=%00&application=%00x", "There is no application of that name."), ("application=none", "There is no application"),
    ("event=flood", "Choose one from the list."), ("result=%3Dnonsense", "Choose one from the list."),
])
def test_what_cannot_be_meant_is_said_beside_its_field(boss: Visitor, query: str, said: str) -> None:
    boss.opens(f"/admin/audit?{query}&application=Travel" if "application" not in query else f"/admin/audit?{query}")
    assert boss.status == 422
    assert boss.sees(said, "Nothing was searched")
    assert boss.opens(f"/admin/audit/export.csv?{query}").status == 422


def test_a_filter_that_is_wrong_keeps_the_rest(boss: Visitor) -> None:
    boss.opens("/admin/audit?person=nobody&event=message&from=2026-01-01")
    form = boss.form("person")
    assert dict(form.values()) | {"result": ""} == {
        "person": "nobody", "event": "message", "from": "2026-01-01", "to": "", "application": "", "result": ""}


def test_the_pages_of_a_long_list_hold_each_entry_once(app: Flask, boss: Visitor, both_databases: str) -> None:
    writes(app, 120)
    boss.opens("/admin/audit?event=mfa+reset")
    assert boss.sees("1–50 of 120")
    seen = [row for row in boss.page.root.all("a") if "/admin/audit/" in row.get("href")]
    addresses = [link.get("href") for link in seen]
    for size in (50, 20):
        boss.clicks("Next")
        more = [link.get("href") for link in boss.page.root.all("a") if re.search(r"/admin/audit/\d+$", link.get("href"))]
        assert len(more) == size
        addresses += more
    wanted = [address for address in addresses if re.search(r"/\d+$", address)]
    assert len(set(wanted)) == len(wanted) == 120
    boss.clicks("Previous").clicks("Previous")
    assert boss.sees("1–50 of 120")


def test_where_filters_meet_a_page_says_how_far_it_looked(
    app: Flask, boss: Visitor, monkeypatch: pytest.MonkeyPatch, both_databases: str,
) -> None:
    monkeypatch.setattr(windows, "WINDOW", 10)
    writes(app, event=What.MFA_RESET, outcome="refused")
    writes(app, 35, event=What.MFA_RESET)
    boss.opens("/admin/audit?event=mfa+reset&result=%3Drefused")
    for _ in range(3):
        assert boss.sees("Looked back to", "Nothing matches so far")
        boss.clicks("Next")
    assert happened(lines(boss)) == ["MFA reset"]
    assert boss.does_not_see("Looked back to")


def test_an_entry_says_all_that_is_known(app: Flask, boss: Visitor, make_user: MakeUser, later: Later) -> None:
    li_na = make_user(username="li.na", name=HOSTILE)
    detail = {"username": {"before": "li", "after": HOSTILE}, "tries left": 3, "binding": True}
    writes(app, event=What.USER_CHANGED, user_id=li_na, actor=Actor("boss", 1), sign_in_id=7, application_id=99, detail=detail)
    number = rows(app, "SELECT max(id) AS id FROM audit_entry")[0].id
    boss.opens(f"/admin/audit/{number}")
    assert boss.status == 200
    assert boss.sees("User changed", "boss", "#99, deleted", "#7", "li → <script>", "Tries left", "3", "Yes", "192.0.2.7",
                     "Firefox on Windows", "Not sealed yet")
    assert "<script>alert" not in boss.answer.content.decode()
    later(10)
    with app.app_context():
        seals.seal_some()
    assert boss.opens(f"/admin/audit/{number}").sees("Sealed")
    does(app, "user", "delete", "li.na")
    assert boss.opens(f"/admin/audit/{number}").sees(f"#{li_na}, deleted")


@pytest.mark.parametrize("number", ["999999", "0", "99999999999999999999999"])
def test_an_entry_that_is_not_there_is_not_found(boss: Visitor, number: str) -> None:
    assert boss.opens(f"/admin/audit/{number}").status == 404


def test_an_export_holds_what_the_filter_finds_and_is_on_record(app: Flask, boss: Visitor, both_databases: str) -> None:
    writes(app, 3, actor=Actor("=cmd|' /C calc'!A0"), detail={"why": HOSTILE})
    boss.opens("/admin/audit?event=mfa+reset").clicks("Export as CSV")
    found = list(csv.DictReader(io.StringIO(boss.answer.content.decode())))
    assert [row["event"] for row in found] == ["mfa reset"] * 3
    assert found[0]["actor"] == "'=cmd|' /C calc'!A0"
    assert json.loads(found[0]["detail"]) == {"why": HOSTILE}
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", found[0]["time"])
    boss.opens("/admin/audit?event=mfa+reset").clicks("Export as JSON Lines")
    told = [json.loads(line) for line in boss.answer.content.decode().splitlines()]
    assert [each["actor"] for each in told] == ["=cmd|' /C calc'!A0"] * 3
    exported = rows(app, "SELECT outcome, detail FROM audit_entry WHERE event = 'log exported' ORDER BY id")
    assert [row.outcome for row in exported] == ["begun", "ok"] * 2
    assert [json.loads(row.detail)["rows"] if isinstance(row.detail, str) else row.detail["rows"]
            for row in exported if row.outcome == "ok"] == [3, 3]


def test_nobody_s_number_stands_there_whole(app: Flask, boss: Visitor, make_user: MakeUser, another_visitor: MakeVisitor) -> None:
    make_user(username="new")
    another_visitor().logs_in("new", "correct horse battery staple").fills(country="DE", phone=OTHER_PHONE).submits()
    boss.opens(f"/admin/audit?person={PHONE.replace('+', '%2B')}")
    boss.opens("/admin/audit/export.csv?person=" + PHONE.replace("+", "%2B"))
    for address in ("/admin/audit", "/admin/audit/export.csv", "/admin/audit/export.jsonl"):
        said = boss.opens(address).answer.content.decode()
        assert PHONE[-8:] not in said
        assert OTHER_PHONE[-8:] not in said
    assert ("code sent", "ok") in events(app)


def test_the_log_is_there_in_chinese(boss: Visitor) -> None:
    boss.opens("/admin/audit?lang=zh")
    assert boss.status == 200
    assert boss.sees("审计日志")
