"""What does *User List* show, find and sort, and is everybody reached once, however many there are?"""

from __future__ import annotations

import pytest
from flask import Flask

from portal import strands
from portal.accounts import listing
from portal.models import PhoneState
from tests.crowds import crowd, numbered
from tests.people import OTHER_PHONE, PHONE, MakeUser, MakeVisitor, comes_in, does, leads_to, rows
from tests.visitor import Visitor

LIST = "/admin/users"
HOSTILE = "<script>alert(1)</script>\u202egnp " + "x" * 150


@pytest.fixture
def boss(make_user: MakeUser, another_visitor: MakeVisitor) -> Visitor:
    """An administrator, in a browser of their own."""
    make_user(username="boss", phone=OTHER_PHONE, administrator=True)
    return comes_in(another_visitor(address="192.0.2.9"), "boss", OTHER_PHONE)


def names(visitor: Visitor) -> list[str]:
    """What the users on the page are called, from above."""
    heads = [node for node in visitor.page.root.all("th") if node.get("scope") == "row"]
    return [node.all("a")[0].words() for node in heads]


def finds(visitor: Visitor, **asked: str) -> list[str]:
    """What is on the first page after filling the search form, without the administrator who asks."""
    visitor.opens(LIST).fills(**asked).submits("Search")
    assert visitor.status == 200
    return [name for name in names(visitor) if name != "boss"]


def walks(visitor: Visitor, way: str = "Next") -> list[str]:
    """Everybody on this page and on those that the link leads to, in the order of the list."""
    found = names(visitor)
    for _page in range(200):
        if not (link := next((node for node in visitor.page.root.all("a") if node.words() == way), None)):
            return found
        visitor.opens(link.get("href"))
        found = [*found, *names(visitor)] if way == "Next" else [*names(visitor), *found]
    raise AssertionError("the list has no end")


def test_the_list_has_the_guide_s_words_and_leads_to_the_user(boss: Visitor, make_user: MakeUser) -> None:
    make_user(username="li.na", email="li.na@example.com", phone=PHONE, name="Li Na")
    boss.opens("/settings/mfa").clicks("User List")
    assert boss.page.heading == "User List"
    assert boss.sees("User Management", "Create User", "li.na", "Li Na", "li.na@example.com", "+49 ••• •••• ••78", "Active",
                     "1–2 of 2")
    assert boss.does_not_see(PHONE, PHONE[3:])
    boss.clicks("li.na")
    assert "Personal Information" in boss.page.text


@pytest.mark.usefixtures("both_databases")
@pytest.mark.parametrize(("typed", "found"), [
    ("li", ["li.na"]), ("LI.N", ["li.na"]), (" ｌｉ", ["li.na"]), ("li.na@ex", ["li.na"]), ("zhang", ["wei"]),
    ("Zhang W", ["wei"]), ("nameless", ["nameless@example.com"]), ("ang", []), ("nobody", []), ("%", []), ("_i", []), ("@", []),
    ("'; drop table user", []), ("\u202e", ["nameless@example.com", "wei", "li.na"]),
    ("+49 1511", ["li.na"]), ("0151 1", ["li.na"]), ("(0151) 12345678", ["li.na"]), ("0049151", ["li.na"]), ("1511", ["li.na"]),
    ("+49 (0)151", ["li.na"]), ("+86 138", ["wei"]), ("86138", ["wei"]),
    ("5678", ["li.na"]), ("45-678", ["li.na"]), ("５６７８", ["li.na"]), ("678", []), ("+5678", []),
])
def test_a_search_finds_by_beginnings_and_by_last_digits(app: Flask, boss: Visitor, typed: str, found: list[str]) -> None:
    crowd(app, {"username": "li.na", "email": "Li.Na@example.com", "phone": PHONE},
          {"username": "wei", "name": "Zhang Wei", "phone": "+8613812345000"}, {"email": "nameless@example.com"})
    does(app, "mfa", "--global", "on")
    app.config["PORTAL"] = app.config["PORTAL"].__class__(**vars(app.config["PORTAL"]) | {"portal_home_country": "DE"})
    assert finds(boss, q=typed) == found


@pytest.mark.usefixtures("both_databases")
@pytest.mark.parametrize(("field", "chosen", "found"), [
    ("phone", "No number", ["none"]), ("phone", "Not proven", ["unproven"]), ("phone", "Failing", ["failing"]),
    ("phone", "Proven", ["locked", "suspended", "came"]), ("status", "Suspended", ["suspended"]),
    ("status", "Locked", ["locked"]), ("status", "With a role", ["failing"]),
    ("status", "Never logged in", ["locked", "suspended", "failing", "unproven", "none"]),
])
def test_each_filter_shows_those_whom_it_names(app: Flask, boss: Visitor, field: str, chosen: str, found: list[str]) -> None:
    numbers = [f"+491511234500{digit}" for digit in range(5)]
    crowd(app, {"username": "none"}, {"username": "unproven", "phone": numbers[0], "phone_state": PhoneState.UNPROVEN},
          {"username": "came", "phone": numbers[1], "last_sign_in_at": 5.0},
          {"username": "failing", "phone": numbers[2], "phone_state": PhoneState.FAILING, "role": "auditor"},
          {"username": "suspended", "phone": numbers[3], "suspended": True},
          {"username": "locked", "phone": numbers[4], "wrong_codes": 30})
    assert finds(boss, **{field: chosen}) == found


def test_filters_and_search_hold_together(app: Flask, boss: Visitor) -> None:
    crowd(app, {"username": "anna", "suspended": True}, {"username": "anton"}, {"username": "bert", "suspended": True},
          {"username": "anders", "suspended": True, "phone": PHONE})
    assert finds(boss, q="an", status="Suspended", phone="No number") == ["anna"]
    assert boss.sees("1–1 of 1")


def test_somebody_who_has_just_come_in_has_not_never_logged_in(boss: Visitor) -> None:
    boss.opens(f"{LIST}?status=never-logged-in")
    assert names(boss) == []
    assert boss.opens(LIST).does_not_see("Never</")


@pytest.mark.usefixtures("both_databases")
def test_the_list_is_sorted_by_its_heads_those_without_a_value_last(app: Flask, boss: Visitor) -> None:
    crowd(app, {"username": "b", "email": "z@example.com", "last_sign_in_at": 7.0}, {"username": "C", "last_sign_in_at": 9.0},
          {"email": "a@example.com"}, {"username": "a"})
    assert names(boss.opens(LIST))[0] == "a"
    assert names(boss.clicks("Username")) == ["a", "b", "boss", "C", "a@example.com"]
    head = next(node for node in boss.page.root.all("th") if node.has("aria-sort"))
    assert (head.get("aria-sort"), head.words()) == ("ascending", "Username")
    assert names(boss.clicks("Username")) == ["C", "boss", "b", "a", "a@example.com"]
    assert names(boss.clicks("Email"))[:2] == ["a@example.com", "b"]
    assert names(boss.opens(LIST).fills(sort="Last login, latest first").submits("Search"))[:2] == ["C", "b"]
    assert names(boss.opens(LIST).fills(sort="Oldest first").submits("Search"))[-1] == "a"


@pytest.mark.usefixtures("both_databases")
@pytest.mark.parametrize("asked", [
    "", "?sort=username", "?sort=-email", "?q=user", "?status=suspended&sort=-username", "?status=suspended", "?phone=no-phone",
])
@pytest.mark.parametrize("few", [True, False])
def test_everybody_is_reached_once_forwards_and_backwards(
    app: Flask, boss: Visitor, monkeypatch: pytest.MonkeyPatch, asked: str, few: bool,
) -> None:
    """Whether what is asked for is few enough to be sorted at once or passed along an index, a little at a time."""
    if not few:
        monkeypatch.setattr(listing, "FEW", 3)
        monkeypatch.setattr(strands, "LOOKS", 40)
    people = [person | {"suspended": number % 3 == 0, "name": f"User {number}"} for number, person in enumerate(numbered(120))]
    people[::2] = [person | {"email": f"{person['username']}@x.example"} for person in people[::2]]
    crowd(app, *people)
    boss.opens(LIST + asked)
    forwards = walks(boss)
    wanted = {person["username"] for person in people if "suspended" not in asked or person["suspended"]}
    assert len(forwards) == len(set(forwards))
    assert set(forwards) - {"boss"} == wanted
    backwards = walks(boss, "Previous")
    assert backwards[-len(forwards):] == forwards
    assert few or set(backwards) == set(forwards)


@pytest.mark.usefixtures("both_databases")
def test_what_many_columns_find_is_shown_once(app: Flask, boss: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    crowd(app, {"username": "anna", "name": "Anna", "email": "anna@example.com"}, {"username": "x1", "name": "Ann"},
          {"email": "an@x.example"})
    assert finds(boss, q="an") == ["an@x.example", "x1", "anna"]
    monkeypatch.setattr(listing, "FEW", 1)
    assert finds(boss, q="an") == ["anna", "an@x.example", "x1"]
    assert boss.sees("Too many match to be put in another order")
    assert not [node for node in boss.page.root.all("th") if node.has("aria-sort")]


def test_a_page_goes_on_although_its_neighbours_were_deleted(app: Flask, boss: Visitor) -> None:
    ids = crowd(app, *numbered(120))
    boss.opens(f"{LIST}?sort=username")
    last = names(boss)[-1]
    does(app, "user", "delete", last)
    boss.clicks("Next")
    assert names(boss)[0] == f"user{int(last.removeprefix('user')) + 1:03}"
    for user_id in ids[:60]:
        rows_gone(app, user_id)
    boss.clicks("Previous")
    assert leads_to(boss, LIST)
    assert names(boss)[0] == "boss"


def rows_gone(app: Flask, user_id: int) -> None:
    from sqlalchemy import delete

    from portal.database import writing
    from portal.models import User

    with app.app_context(), writing() as connection:
        connection.execute(delete(User).where(User.id == user_id))


@pytest.mark.parametrize("asked", [
    "at=~", "at=9", "at=0.0.0", "at=99.1.a", "at=0.9999999999999999999999.x", "sort=password_hash", "phone=all&status=%00",
    "q=%00", "at=0.1.%00", "sort=last-login&at=0.1.nan", "at=~0.1.%F0%9F%98%80", "q=" + "a" * 5000,
])
def test_nonsense_in_the_address_shows_a_list(boss: Visitor, asked: str) -> None:
    assert boss.opens(f"{LIST}?{asked}").status == 200


def test_hostile_names_are_words_like_others(app: Flask, boss: Visitor) -> None:
    crowd(app, {"username": "h1", "name": HOSTILE}, {"email": "\"<img/src=x>\"@x.example"})
    boss.opens(LIST)
    assert "<script>alert" in boss.page.text
    assert "<script>alert" not in boss.page.html
    assert "<img/src" not in boss.page.html
    assert finds(boss, q="<script>") == ["h1"]


def test_a_search_without_a_find_says_what_to_do(boss: Visitor) -> None:
    assert finds(boss, q="nobody") == []
    assert boss.sees("No user matches", "Clear", "Create User")
    boss.clicks("Clear")
    assert names(boss) == ["boss"]


def test_the_helpdesk_sees_what_it_may_do_and_an_auditor_reads(
    app: Flask, make_user: MakeUser, another_visitor: MakeVisitor,
) -> None:
    make_user(username="helper", phone=PHONE, role="helpdesk")
    make_user(username="reader", phone=OTHER_PHONE, role="auditor")
    helper = comes_in(another_visitor(), "helper", PHONE).opens(LIST)
    assert helper.sees("Unlock", "Reset MFA")
    assert helper.does_not_see(">Suspend<", ">Delete<", "Create User", "Export CSV")
    reader = comes_in(another_visitor(), "reader", OTHER_PHONE).opens(LIST)
    assert reader.sees("helper", "Export CSV")
    assert reader.does_not_see("Create User", 'type="checkbox"', "Reset MFA")
    assert rows(app, "SELECT count(*) AS n FROM audit_entry WHERE event = 'page refused'")[0].n == 0
