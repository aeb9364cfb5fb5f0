"""Which users leave as a file, is it whole and harmless, and who may see numbers in it?"""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from flask import Flask

from portal import strands
from portal.accounts import listing
from portal.models import PhoneState, Role
from tests.crowds import crowd, numbered
from tests.people import OTHER_PHONE, PHONE, MakeUser, MakeVisitor, comes_in, rows
from tests.visitor import Visitor

FILE = "/admin/users/export.csv"


@pytest.fixture
def boss(make_user: MakeUser, another_visitor: MakeVisitor) -> Visitor:
    """An administrator, in a browser of their own."""
    make_user(username="boss", phone=OTHER_PHONE, administrator=True)
    return comes_in(another_visitor(address="192.0.2.9"), "boss", OTHER_PHONE)


def table(visitor: Visitor, query: str = "") -> list[dict[str, str]]:
    answer = visitor.sends("GET", FILE + query)
    assert answer.status == 200
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8"), newline="")))


def recorded(app: Flask) -> list[tuple[str, dict[str, object]]]:
    found = rows(app, "SELECT outcome, detail FROM audit_entry WHERE event = 'users exported' ORDER BY id")
    return [(row.outcome, row.detail if isinstance(row.detail, dict) else json.loads(row.detail)) for row in found]


@pytest.mark.usefixtures("both_databases")
def test_a_filtered_list_of_a_few_leaves_in_its_order_with_whole_numbers(app: Flask, boss: Visitor) -> None:
    crowd(app, {"username": "anna", "email": "anna@x.example", "phone": PHONE, "name": "Anna, \"A\"\nB", "created_at": 1.5},
          {"username": "anton", "suspended": True, "created_at": 2.0}, {"username": "bert"})
    boss.opens("/admin/users?q=an&sort=username")
    link = next(node for node in boss.page.root.all("a") if node.words() == "Export CSV")
    found = table(boss, link.get("href").removeprefix(FILE))
    assert found[0] == {"username": "anna", "email": "anna@x.example", "phone": f"'{PHONE}", "name": "Anna, \"A\"\nB", "role": "",
                        "suspended": "no", "created_at": "1970-01-01T00:00:01.500+00:00", "last_sign_in_at": "",
                        "phone_state": "proven"}
    assert [(row["username"], row["suspended"]) for row in found] == [("anna", "no"), ("anton", "yes")]
    assert recorded(app)[-1] == ("ok", {"numbers": "whole", "filters": [], "searched": True, "rows": 2})


def test_the_file_is_utf_8_and_is_downloaded(boss: Visitor) -> None:
    answer = boss.sends("GET", FILE)
    assert answer.content.startswith(b"username,email,phone,name,role,suspended,")
    assert answer.header("Content-Type") == "text/csv; charset=utf-8"
    assert answer.header("Content-Disposition") == 'attachment; filename="users.csv"'
    assert "no-store" in answer.header("Cache-Control")


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "=HYPERLINK(\"http://x\")",
                                  "\uff1d1+1", "\uff0b1", "\uff0d1", "\uff20SUM(A1)"])
def test_no_cell_is_a_formula(app: Flask, boss: Visitor, name: str) -> None:
    crowd(app, {"username": "anna", "name": name})
    assert table(boss, "?q=anna")[0]["name"] == f"'{name}"


@pytest.mark.usefixtures("both_databases")
@pytest.mark.parametrize("query", ["", "?q=user", "?sort=username"])
def test_a_file_of_many_pages_is_whole(app: Flask, boss: Visitor, query: str) -> None:
    crowd(app, *numbered(2_300))
    names = [row["username"] for row in table(boss, query)]
    assert len(names) == len(set(names))
    assert set(names) - {"boss"} == {person["username"] for person in numbered(2_300)}


@pytest.mark.usefixtures("both_databases")
@pytest.mark.parametrize("query", [
    "?status=suspended&sort=username", "?status=locked", "?status=never-logged-in&sort=-email", "?phone=no-phone&sort=last-login",
    "?phone=not-proven&status=suspended", "?phone=proven&status=never-logged-in", "?status=administrators",
])
def test_a_file_of_many_whom_a_filter_leaves_is_whole(
    app: Flask, boss: Visitor, monkeypatch: pytest.MonkeyPatch, query: str,
) -> None:
    """Whether they are few, and leave in the order of the list, or many, and leave in that of an index a little at a time."""
    crowd(app, *(_one_of_each(number) for number in range(240)))
    few = [row["username"] for row in table(boss, query)]
    monkeypatch.setattr(listing, "FEW", 3)
    monkeypatch.setattr(strands, "LOOKS", 8)
    many = [row["username"] for row in table(boss, query)]
    assert len(many) > 8
    assert sorted(many) == sorted(few)
    assert len(many) == len(set(many))


def _one_of_each(number: int) -> dict[str, Any]:
    """Every second of the users has what a filter asks for, each filter another second."""
    number_of = f"+4915112{number:06}" if number % 8 > 1 else None
    state = PhoneState.UNPROVEN if number % 3 == 0 else PhoneState.PROVEN
    return {"username": f"user{number:03}", "phone": number_of, "phone_state": state, "suspended": number % 2 == 0,
            "wrong_codes": 30 if number % 5 < 2 else 0, "last_sign_in_at": 1_700_000_000.0 if number % 7 < 3 else None,
            "role": Role.AUDITOR if number % 11 < 3 else None}


def test_an_auditor_reads_masked_numbers(app: Flask, make_user: MakeUser, another_visitor: MakeVisitor) -> None:
    make_user(username="reader", phone=PHONE, role="auditor")
    found = table(comes_in(another_visitor(), "reader", PHONE))
    assert [row["phone"] for row in found] == ["'+49 ••• •••• ••78"]
    assert recorded(app)[0][1]["numbers"] == "masked"


@pytest.mark.parametrize("role", ["helpdesk", ""])
def test_nobody_else_gets_the_file(make_user: MakeUser, another_visitor: MakeVisitor, role: str) -> None:
    make_user(username="other", phone=PHONE, role=role)
    assert comes_in(another_visitor(), "other", PHONE).sends("GET", FILE).status == 403
